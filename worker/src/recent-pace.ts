import type { WorkerMetrics } from './worker-metrics.ts';

type Metrics = Pick<WorkerMetrics, 'recentRealTimeFactor'>;

/** Audio shorter than this says little about speed. */
const telltaleSeconds = 20;
/** How much the newest counts: the last five or so make the value. */
const newestShare = 0.3;

/** So much work did so much audio take. */
export async function learnPace(audioSeconds: number, workSeconds: number, metrics: Metrics): Promise<void> {
  if (audioSeconds < telltaleSeconds) return;
  const newest = workSeconds / audioSeconds;
  const before = await recentPace(metrics);
  metrics.recentRealTimeFactor.set(before === null ? newest : before + newestShare * (newest - before));
}

/** Seconds of work for each second of audio, of late; null until something was heard. */
export async function recentPace({ recentRealTimeFactor }: Metrics): Promise<number | null> {
  const { values } = await recentRealTimeFactor.get();
  return values[0]?.value || null;
}
