import { setTimeout as sleep } from 'node:timers/promises';

export interface Insistence {
  /** Gives up when it aborts. */
  until: AbortSignal;
  /** Statuses that are an answer, beside all of 2xx. Others below 500, but 408 and 429, are a mistake and thrown. */
  accept?: readonly number[];
}

/** A request that is not answered within this time is made again. */
const patienceMs = 15_000;
const pauseMs = 500;

/** The server answered what nobody expected. */
class WrongAnswer extends Error {}

/** Makes a request again and again, as a careful client does, while nobody answers or the server says "not now". */
export async function insist(
  what: string,
  request: (signal: AbortSignal) => Promise<Response>,
  { until, accept = [] }: Insistence,
): Promise<Response> {
  for (;;) {
    until.throwIfAborted();
    const signal = AbortSignal.any([until, AbortSignal.timeout(patienceMs)]);
    const answer = await request(signal).catch(() => null);
    if (answer && (answer.ok || accept.includes(answer.status))) return answer;
    if (answer && answer.status < 500 && answer.status !== 429 && answer.status !== 408) {
      throw new WrongAnswer(`${what} was answered ${answer.status}: ${await answer.text()}`);
    }
    const seconds = Number(answer?.headers.get('retry-after') ?? 0);
    await answer?.body?.cancel();
    await sleep(Math.max(pauseMs, Math.min(seconds, 5) * 1_000), undefined, { signal: until });
  }
}
