/** A user's hours of audio are counted by the day: a window of `Counters`, under this name. */
export const audioWindowSeconds = 24 * 60 * 60;

export function audioCounterOf(userId: string): string {
  return `audio:user:${userId}`;
}
