import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';

describe('stopRequest', { timeout: 30_000 }, () => {
  const started: ChildProcessByStdio<null, Readable, null>[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('asks for an end on %s', async (signal) => {
    const { child, said } = await listener();
    child.kill(signal);
    await vi.waitFor(() => expect(said()).toEqual(['up', 'stop']));
  });

  it('takes npm’s echo of Ctrl-C for the same one, and a later one for a second', async () => {
    const { child, said } = await listener();
    child.kill('SIGINT');
    await vi.waitFor(() => expect(said()).toEqual(['up', 'stop']));
    const firstAt = performance.now();
    await vi.waitFor(
      () => {
        child.kill('SIGINT');
        expect(said()).toContain('again');
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(performance.now() - firstAt).toBeGreaterThan(400);
  });

  it('asks for an end when the npm that started it is killed', async () => {
    // A shell in npm's place; it prints what its child prints.
    const command = `"$0" --input-type=module --eval "$1"; true`;
    const shell = spawn('sh', ['-c', command, process.execPath, program], {
      env: { ...process.env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(shell);
    const everything = text(shell.stdout);
    await once(shell.stdout, 'data');
    shell.kill('SIGKILL');
    expect(await everything).toContain('stop');
  });

  const program = `
    import { stopRequest } from ${JSON.stringify(join(import.meta.dirname, 'stop-request.ts'))};
    const stop = stopRequest(() => console.log('again'));
    const alive = setInterval(() => {}, 60_000);
    stop.addEventListener('abort', () => {
      console.log('stop');
      if (process.env.npm_lifecycle_event === 'start') clearInterval(alive);
    });
    console.log('up');`;

  async function listener() {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, npm_lifecycle_event: 'test' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    await once(child.stdout, 'data');
    return { child, said: () => output.trim().split('\n') };
  }
});
