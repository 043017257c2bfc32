import { Clock, type EpochMs } from '@verbatim/domain';

/** What a smithy middleware stack offers, as far as the clock needs it; every SDK client fits. */
interface Client {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<Answer>) => (args: never) => Promise<Answer>,
      options: { step: 'deserialize'; priority: 'low'; name: string },
    ): void;
  };
}
type Answer = { response: unknown };

/**
 * The servers' time: this machine's clock, moved as little as their Date headers demand. They count whole seconds, so a
 * clock that is right to the second is left alone. Before the first answer it is the machine's own time.
 */
export class ServerClock extends Clock {
  readonly #local: () => EpochMs;
  #offsetMs = 0;

  /** `local` must not jump when somebody sets the machine's clock: the next answer may be far. */
  constructor(local: () => EpochMs = () => performance.timeOrigin + performance.now()) {
    super();
    this.#local = local;
  }

  now(): EpochMs {
    return Math.round(this.#local() + this.#offsetMs);
  }

  /** How far the servers' time is ahead of this machine's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Learns from every answer that this client gets, refusals too. */
  listenTo(client: object): void {
    (client as Client).middlewareStack.add(
      (next) => async (args) => {
        const sentAt = this.#local();
        const answer = await next(args);
        this.#learn((answer.response as { headers?: Record<string, string> }).headers?.['date'], sentAt);
        return answer;
      },
      // The lowest step: sees raw answers, before the SDK turns a refusal into an error.
      { step: 'deserialize', priority: 'low', name: 'serverClock' },
    );
  }

  /** The header was written at some moment between sending and receiving, within the second that it names. */
  #learn(date: string | undefined, sentAt: EpochMs): void {
    const second = Date.parse(date ?? '');
    if (Number.isNaN(second)) return;
    const least = second - this.#local();
    const most = second + 999 - sentAt;
    this.#offsetMs = Math.min(Math.max(this.#offsetMs, least), most);
  }
}
