import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkDir, openWorkFolder } from './work-folder.ts';

describe('the folders that jobs work in', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'verbatim-work-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function leftBy(process: string): Promise<void> {
    await mkdir(join(root, process, 'job-1'), { recursive: true });
    await writeFile(join(root, process, 'job-1', 'audio.wav'), 'what somebody said');
  }

  it('are cleared of what killed workers of this host left, and of nobody else', async () => {
    // Process ids that no system gives out
    await leftBy(`${hostname()}.999999999`);
    await leftBy('other-host.999999999');
    const own = await openWorkDir(root);
    expect((await readdir(root)).toSorted()).toEqual(
      [`${hostname()}.${process.pid}`, 'other-host.999999999'].toSorted(),
    );
    expect(await readdir(own)).toEqual([]);
  });

  it('are cleared when the killed worker had our own process id, as in a container that starts again', async () => {
    await leftBy(`${hostname()}.${process.pid}`);
    expect(await readdir(await openWorkDir(root))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'are cleared when a thread of ours has the number of the killed worker',
    async () => {
      const threads = await readdir('/proc/self/task');
      const thread = threads.find((id) => id !== `${process.pid}`);
      await leftBy(`${hostname()}.${thread}`);
      expect(await readdir(root)).toHaveLength(1);
      await openWorkDir(root);
      expect(await readdir(root)).toEqual([`${hostname()}.${process.pid}`]);
    },
  );

  it('are made anew when the system has tidied its temporary folder meanwhile', async () => {
    const own = await openWorkDir(root);
    await rm(root, { recursive: true });
    await using folder = await openWorkFolder(own);
    expect(await readdir(own)).toHaveLength(1);
    await writeFile(join(folder.path, 'audio.wav'), '');
  });

  it('go with their jobs', async () => {
    const own = await openWorkDir(root);
    {
      await using folder = await openWorkFolder(own);
      await writeFile(join(folder.path, 'audio.wav'), '');
    }
    expect(await readdir(own)).toEqual([]);
  });
});
