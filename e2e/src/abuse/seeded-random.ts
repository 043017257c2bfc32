import { createHash } from 'node:crypto';

/** Numbers that look like chance and come again with the seed. */
export class SeededRandom {
  readonly #seed: string;
  #block = Buffer.alloc(0);
  #blocks = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** From 0 up to 1, without it. */
  next(): number {
    if (this.#block.length === 0) {
      this.#block = createHash('sha256')
        .update(`${this.#seed}/${this.#blocks++}`)
        .digest();
    }
    const number = this.#block.readUInt32LE() / 2 ** 32;
    this.#block = this.#block.subarray(4);
    return number;
  }

  /** A whole number from 0 up to `limit`, without it. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('nothing to choose from');
    return value;
  }
}
