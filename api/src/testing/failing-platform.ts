import { StorageUnavailable } from '@verbatim/domain';
import { type FakePlatform, fakePlatform } from './test-app.ts';

/**
 * Fakes whose table and storage fail at the nth call that is made of them, counted over both, and answer all the others;
 * or at every call from the nth on.
 */
export function platformFailingAt(
  nth: number,
  until: 'once' | 'for good',
): FakePlatform & { calls(): number } {
  const platform = fakePlatform();
  let calls = 0;
  const failing = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function' || String(property).startsWith('presign')) return value;
        return async (...args: unknown[]) => {
          calls++;
          const fails = until === 'once' ? calls === nth : calls >= nth;
          if (fails) throw new StorageUnavailable(`call ${calls} (${String(property)}) fails`);
          return value.apply(target, args);
        };
      },
    });
  return {
    ...platform,
    jobs: failing(platform.jobs),
    objects: failing(platform.objects),
    calls: () => calls,
  };
}
