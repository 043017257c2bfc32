import { execFileSync, spawnSync } from 'node:child_process';
import type { StatsFs } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DiskWatch, roomOn } from './disk-watch.ts';
import { createLogger } from './logger.ts';

const statfs = vi.hoisted(() => vi.fn());
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  statfs.mockImplementation(real.statfs);
  return { ...real, statfs };
});

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
  const watch = new DiskWatch({ folder: '/data', name: 'data', log, registry }, 60_000);
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
    watch.stop();
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
    watch.stop();
  });

  it('is a number among the metrics, none while it does not answer', async () => {
    statfs.mockResolvedValue(aDiskAt(25));
    const { watch, registry } = aWatch();
    expect(await registry.metrics()).toContain('verbatim_disk_used_ratio{disk="data"} 0.25');
    statfs.mockRejectedValue(new Error('gone'));
    expect(await registry.metrics()).not.toContain('disk="data"');
    expect(await watch.isFull()).toBe(false);
    watch.stop();
  });
});

describe('roomOn', () => {
  it('says what df says', async () => {
    const real = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
    statfs.mockImplementation(real.statfs);
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0;
    try {
      if (mounted) await writeFile(join(folder, 'half'), new Uint8Array(2 * 2 ** 20));
      const percent = /(\d+)%/.exec(
        execFileSync('df', ['--output=pcent', folder], { encoding: 'utf8' }),
      )?.[1];
      const { usedRatio } = await roomOn(folder);
      // It rounds up; and of a disk that others use too, a little may have changed.
      expect(Math.abs(100 * usedRatio - Number(percent))).toBeLessThanOrEqual(mounted ? 1 : 2);
      if (mounted) expect(usedRatio).toBe(0.5);
    } finally {
      if (mounted) execFileSync('umount', [folder]);
      await rm(folder, { recursive: true });
    }
  });
});
