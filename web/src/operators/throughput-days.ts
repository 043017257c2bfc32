import type { components } from '../server/server-client.ts';

export type Hour = components['schemas']['ThroughputList']['items'][number];

export interface Day {
  /** Its midnight, in the time of this browser. */
  date: Date;
  completed: number;
  failed: number;
  audioSeconds: number;
  processingSeconds: number;
  /** Those of its 24 hours in which something was done, by the hour of the clock. */
  hours: { clock: number; completed: number; audioSeconds: number }[];
}

/** The last `count` days as people count them, today last; days on which nothing was done are there and empty. */
export function daysOf(hours: readonly Hour[], count: number, now = new Date()): Day[] {
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() - (count - 1 - index));
    const ofDay = hours.filter(({ hour }) => new Date(hour).toDateString() === date.toDateString());
    const total = (amount: 'completed' | 'failed' | 'audioSeconds' | 'processingSeconds') =>
      ofDay.reduce((sum, each) => sum + each[amount], 0);
    return {
      date,
      completed: total('completed'),
      failed: total('failed'),
      audioSeconds: total('audioSeconds'),
      processingSeconds: total('processingSeconds'),
      hours: ofDay.map(({ hour, completed, audioSeconds }) => ({
        clock: new Date(hour).getHours(),
        completed,
        audioSeconds,
      })),
    };
  });
}
