import type { StatsFs } from 'node:fs';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DiskWatch } from './disk-watch.ts';
import { createLogger } from './logger.ts';

const statfs = vi.hoisted(() => vi.fn());
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  statfs,
}));

/** A disk of a hundred GiB, `percent` of it used. */
function aDiskAt(percent: number): Pick<StatsFs, 'blocks' | 'bfree' | 'bavail' | 'bsize'> {
  const blocks = 100 * 2 ** 18;
  const free = Math.round((blocks * (100 - percent)) / 100);
  return { blocks, bfree: free, bavail: free, bsize: 4096 };
}

function aWatch() {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(
    'api',
    { LOG_LEVEL: 'info' },
    { write: (line) => void lines.push(JSON.parse(line)) },
  );
  const registry = new Registry();
  const watch = new DiskWatch({ folder: '/data', name: 'data', log, registry });
  return { watch, registry, said: () => lines.map(({ event, usedPercent }) => [event, usedPercent]) };
}

describe('a watched disk', () => {
  afterEach(() => statfs.mockReset());

  it('is told of once at 80 %, and again only after there was room', async () => {
    statfs.mockResolvedValue(aDiskAt(50));
    const { watch, said } = aWatch();
    for (const percent of [79.9, 80, 81, 79, 80.5, 76, 90, 74, 79, 85]) {
      statfs.mockResolvedValue(aDiskAt(percent));
      await watch.room();
    }
    expect(said()).toEqual([
      ['disk.filling', 80],
      ['disk.roomy', 74],
      ['disk.filling', 85],
    ]);
  });

  it('is full before the last byte is gone, and says when it is not any more', async () => {
    statfs.mockResolvedValue(aDiskAt(99.95));
    const { watch, said } = aWatch();
    expect(await watch.isFull()).toBe(true);
    statfs.mockResolvedValue(aDiskAt(99.9));
    expect(await watch.isFull()).toBe(false);
    expect(said()).toEqual([
      ['disk.full', 100],
      ['disk.filling', 100],
    ]);
  });

  it('is a number among the metrics, none while it does not answer', async () => {
    statfs.mockResolvedValue(aDiskAt(25));
    const { watch, registry } = aWatch();
    expect(await registry.metrics()).toContain('verbatim_disk_used_ratio{disk="data"} 0.25');
    statfs.mockRejectedValue(new Error('gone'));
    expect(await registry.metrics()).not.toContain('disk="data"');
    expect(await watch.isFull()).toBe(false);
  });
});
