import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { learnPace, recentPace } from './recent-pace.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

it('knows no pace at first, then the last one, then mostly the last few; short audio tells nothing', async () => {
  const metrics = createWorkerMetrics(new Registry(), { memoryOfSlots: async () => [] });
  await learnPace(5, 60, metrics);
  expect(await recentPace(metrics)).toBeNull();
  await learnPace(600, 60, metrics);
  expect(await recentPace(metrics)).toBe(0.1);
  for (let again = 0; again < 20; again++) await learnPace(600, 300, metrics);
  expect(await recentPace(metrics)).toBeCloseTo(0.5, 2);
});
