import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { collectProcessMetrics } from './process-metrics.ts';

describe('collectProcessMetrics', () => {
  it('tells CPU time, memory and how late the event loop comes', async () => {
    const registry = new Registry();
    collectProcessMetrics(registry);
    const told = await registry.metrics();
    expect(told).toContain('process_cpu_seconds_total');
    expect(told).toContain('process_resident_memory_bytes');
    expect(told).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});
