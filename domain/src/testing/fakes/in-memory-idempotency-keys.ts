import { IdempotencyKeys, type KeyBinding, keyKeptMs } from '../../ports/idempotency-keys.ts';

export class InMemoryIdempotencyKeys extends IdempotencyKeys {
  /** By `{userId}/{keyHash}`. */
  readonly bindings = new Map<string, KeyBinding>();

  async bind(userId: string, keyHash: string, binding: KeyBinding): Promise<KeyBinding> {
    const name = `${userId}/${keyHash}`;
    const first = this.bindings.get(name);
    if (first && binding.boundAt < first.boundAt + keyKeptMs) return { ...first };
    this.bindings.set(name, { ...binding });
    return { ...binding };
  }
}
