import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { takeLock } from '@verbatim/adapters/take-lock';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';

const setup = resolve(import.meta.dirname, '../setup.mjs');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-first-start-'));
  await mkdir(join(folder, 'bin'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What `npm start` does first, on a machine that has no engine yet; its compiler notes that it was asked, and fails. */
async function firstStart(env: Record<string, string>) {
  for (const name of ['ffmpeg', 'cmake', 'make', 'c++']) {
    const program = join(folder, 'bin', name);
    await writeFile(program, `#!/bin/sh\ntouch '${folder}/compiled'\nexit 3\n`);
    await chmod(program, 0o755);
  }
  const child = spawn(process.execPath, [setup, '--for=start'], {
    env: {
      ...process.env,
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`,
      XDG_CACHE_HOME: join(folder, 'cache'),
      DATA_DIR: join(folder, 'data'),
      ENGINE: 'whisper-server',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  return { code, said, compiled: existsSync(join(folder, 'compiled')) };
}

it('a first start on a taken port says so before it builds anything', { timeout: 120_000 }, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, said, compiled } = await firstStart({ PORT: String(port), HOST: '127.0.0.1' });
  expect(said).toBe(
    `Port ${port} is taken by another program: set PORT to a free one, as in PORT=${port + 1} npm start.\n`,
  );
  expect({ code, compiled }).toEqual({ code: 1, compiled: false });
});

it('a first start on a data folder in use says so before it builds anything', {
  timeout: 120_000,
}, async () => {
  const data = join(folder, 'data');
  using _lock = takeLock(join(data, 'npm-start.lock'));
  const { code, said, compiled } = await firstStart({ PORT: '0' });
  expect(said).toMatch(`Verbatim is already running on ${data}: stop it first`);
  expect({ code, compiled }).toEqual({ code: 1, compiled: false });
});

it('a first start that can go on builds its engine', { timeout: 120_000 }, async () => {
  const { code, said, compiled } = await firstStart({ PORT: '0' });
  expect(said).toContain('The speech engine could not be built');
  expect({ code, compiled }).toEqual({ code: 1, compiled: true });
});
