import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { DiskLook } from '../disk-room.ts';
import { DiskWatch } from './disk-watch.ts';
import { createLogger } from './logger.ts';

/** A disk of a hundred GiB, `percent` of it used. */
function aDiskAt(percent: number): Awaited<ReturnType<DiskLook>> {
  const blocks = 100 * 2 ** 18;
  const free = Math.round((blocks * (100 - percent)) / 100);
  return { blocks, bfree: free, bavail: free, bsize: 4096 };
}

/** Of a disk that is `percent` full until a test says another number; null: it does not answer. */
function aWatch(percent: number) {
  const disk: { percent: number | null } = { percent };
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(
    'api',
    { LOG_LEVEL: 'info' },
    { write: (line) => void lines.push(JSON.parse(line)) },
  );
  const registry = new Registry();
  const look: DiskLook = async () => {
    if (disk.percent === null) throw new Error('gone');
    return aDiskAt(disk.percent);
  };
  const watch = new DiskWatch({ folder: '/data', name: 'data', log, registry, look });
  return { disk, watch, registry, said: () => lines.map(({ event, usedPercent }) => [event, usedPercent]) };
}

describe('a watched disk', () => {
  it('is told of once at 80 %, and again only after there was room', async () => {
    const { disk, watch, said } = aWatch(50);
    for (const percent of [79.9, 80, 81, 79, 80.5, 76, 90, 74, 79, 85]) {
      disk.percent = percent;
      await watch.room();
    }
    expect(said()).toEqual([
      ['disk.filling', 80],
      ['disk.roomy', 74],
      ['disk.filling', 85],
    ]);
  });

  it('is full before the last byte is gone, and says when it is not any more', async () => {
    const { disk, watch, said } = aWatch(99.95);
    expect(await watch.isFull()).toBe(true);
    disk.percent = 99.9;
    expect(await watch.isFull()).toBe(false);
    expect(said()).toEqual([
      ['disk.full', 100],
      ['disk.filling', 100],
    ]);
  });

  it('is a number among the metrics, none while it does not answer', async () => {
    const { disk, watch, registry } = aWatch(25);
    expect(await registry.metrics()).toContain('verbatim_disk_used_ratio{disk="data"} 0.25');
    disk.percent = null;
    expect(await registry.metrics()).not.toContain('disk="data"');
    expect(await watch.isFull()).toBe(false);
  });
});
