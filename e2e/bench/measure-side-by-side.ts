import type { Listener, Recording } from './listener.ts';
import { type Spent, sum } from './ratios.ts';

/** Said after each step: what was measured just now. */
export type Say = (text: string) => void;

/**
 * Every group is heard by all listeners, one right after the other; another one begins each time, so that none gains by
 * its place. Gives what each listener spent on each group.
 * @throws Error when two listeners did not hear the same words: then they did not do the same work
 */
export async function measureSideBySide(
  listeners: readonly Listener[],
  groups: readonly (readonly Recording[])[],
  say: Say,
): Promise<Spent[][]> {
  const spent: Spent[][] = listeners.map(() => []);
  for (const [round, recordings] of groups.entries()) {
    const texts: string[] = [];
    for (const place of listeners.keys()) {
      const index = (round + place) % listeners.length;
      const listener = listeners[index];
      if (!listener) continue;
      const heard = await hearAll(listener, recordings);
      const whole = sum(heard);
      spent[index]?.push(whole);
      texts[index] = heard.map(({ text }) => text).join('\n');
      const { cpuSeconds, wallSeconds } = whole;
      const of = `${round + 1}/${groups.length}`;
      say(`round ${of}, ${listener.name}: ${cpuSeconds.toFixed(2)} s CPU, ${wallSeconds.toFixed(2)} s`);
    }
    const odd = texts.findIndex((text) => text !== texts[0] || text.trim() === '');
    if (odd >= 0) {
      throw new Error(
        `round ${round + 1}: ${listeners[odd]?.name} heard something else than ${listeners[0]?.name}`,
      );
    }
  }
  return spent;
}

async function hearAll(listener: Listener, recordings: readonly Recording[]) {
  const heard = [];
  for (const recording of recordings) heard.push(await listener.hear(recording));
  return heard;
}
