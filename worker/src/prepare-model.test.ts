import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Behaviour, fakeCollection, fakeModel, sha1 } from './model/fake-collection.ts';
import { prepareModel } from './prepare-model.ts';

const model = fakeModel();
let folder: string;
let closing: (() => unknown)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-prepare-'));
  closing = [() => rm(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

async function collection(...answers: Behaviour[]) {
  const server = await fakeCollection(model, answers);
  closing.push(server.close);
  return server;
}

/** The program as a real process, with nothing of our own environment. */
function start(env: Record<string, string>) {
  const program = fileURLToPath(new URL('./prepare-model.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', program], {
    env: { MODELS_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  closing.push(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }));
  return { child, ended };
}

describe('prepare-model', { timeout: 20_000 }, () => {
  it('prints the model as one JSON line and nothing else', async () => {
    const { code, stdout, stderr } = await start({ WHISPER_MODEL: 'demo' }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'demo', demo: true });
  });

  it('ends with 1 and one sentence when a named model is not to be had', async () => {
    const server = await collection({ status: 404 });
    const { code, stdout, stderr } = await start({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The speech model tiny [^\n]+ answered 404\. [^\n]+\n$/);
  });

  it('ends with 1 and says which settings do not fit', async () => {
    const { code, stdout, stderr } = await start({ WHISPER_MODEL: 'huge', PLATFORM: 'moon' }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/PLATFORM: .*\n.*WHISPER_MODEL: is neither a path nor one of/);
  });

  it('keeps the part when it is stopped by Ctrl-C', async () => {
    const server = await collection({ stallAfterBytes: 400_000 });
    const { child, ended } = start({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url });
    const part = join(folder, 'ggml-tiny.bin.part');
    await vi.waitFor(async () => expect((await stat(part)).size).toBe(400_000), { timeout: 10_000 });
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ signal: 'SIGINT', stdout: '' });
    expect((await stat(part)).size).toBe(400_000);
  });

  it('goes through the proxy that the environment names', async () => {
    const server = await collection({ status: 404 });
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const inner = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(inner).pipe(socket);
      closing.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closing.push(() => proxy.close());
    const env = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const { stderr } = await start({ ...env, WHISPER_MODEL: 'tiny', MODELS_URL: 'http://models.test' }).ended;
    expect(stderr).toContain('models.test answered 404');
    expect(tunnels).toEqual(['models.test:80']);
  });

  it('shows the bar on stderr and ends it before the JSON', async () => {
    const server = await collection();
    let written = '';
    const stream = {
      isTTY: true,
      write: (text: string) => {
        written += text;
      },
    };
    const whisperQuantize = join(folder, 'whisper-quantize');
    await writeFile(whisperQuantize, '#!/bin/sh\nhead -c 600000 "$1" > "$2"\n', { mode: 0o755 });
    const env = { MODELS_DIR: folder, MODELS_URL: server.url, WHISPER_QUANTIZE: whisperQuantize };
    const code = await prepareModel(
      env,
      { stdout: stream, stderr: stream },
      { rules: { sha1: { small: sha1(model) } } },
    );
    expect(code).toBe(0);
    expect(written).toContain(`model small: [${'#'.repeat(24)}]  100 %  1 of 1 MB`);
    expect(written.split('\n').at(-2)).toMatch(/^\{"name":"small-q8_0",.*\}$/);
  });
});
