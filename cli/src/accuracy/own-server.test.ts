import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startOwnServer } from './own-server.ts';

describe('startOwnServer', () => {
  it('starts nothing, and leaves no folder, at a Ctrl-C while it still looks for a port', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-own-server-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => void vi.unstubAllEnvs());

    const stop = new AbortController();
    const starting = startOwnServer({ ENGINE: 'simulated' }, stop.signal);
    onTestFinished(() =>
      starting.then(
        (server) => server.stop(),
        () => {},
      ),
    );
    stop.abort();
    await expect(starting).rejects.toBe(stop.signal.reason);
    expect(await readdir(folder)).toEqual([]);
  });
});
