import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * Between two looks at how late the event loop comes. prom-client's own 10 ms wake a program a hundred times a second, and
 * that was most of what an idle one spent. The figures include this interval.
 */
const lookEveryMs = 500;

/** What every program tells of itself: CPU time, memory, open files, garbage collection, the event loop's delay. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lookEveryMs });
}
