interface Slot {
  readonly isReady: boolean;
}

/** Lends each slot to one call at a time; calls that find none free wait in line. */
export class SlotPool<S extends Slot> {
  readonly #free: S[];
  readonly #waiting: ((slot: S) => void)[] = [];

  constructor(slots: readonly S[]) {
    this.#free = [...slots];
  }

  /** @throws the signal's reason when it aborts before a slot is free */
  async use<T>(signal: AbortSignal, work: (slot: S) => Promise<T>): Promise<T> {
    const slot = this.#takeFree() ?? (await this.#next(signal));
    try {
      return await work(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(slot);
      else this.#free.push(slot);
    }
  }

  /** One that need not start first, if there is one. */
  #takeFree(): S | undefined {
    const ready = this.#free.findIndex(({ isReady }) => isReady);
    return ready < 0 ? this.#free.shift() : this.#free.splice(ready, 1)[0];
  }

  async #next(signal: AbortSignal): Promise<S> {
    signal.throwIfAborted(); // a signal that has aborted already tells nobody
    const { promise, resolve, reject } = Promise.withResolvers<S>();
    const giveUp = () => {
      this.#waiting.splice(this.#waiting.indexOf(take), 1);
      reject(signal.reason);
    };
    const take = (slot: S) => {
      signal.removeEventListener('abort', giveUp);
      resolve(slot);
    };
    this.#waiting.push(take);
    signal.addEventListener('abort', giveUp, { once: true });
    return promise;
  }
}
