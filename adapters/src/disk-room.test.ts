import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roomOn } from './disk-room.ts';

describe('roomOn', () => {
  it('says what df says', async () => {
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
