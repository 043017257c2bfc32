import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createLogger } from '@verbatim/adapters';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ChildEnd, endChild, endOf } from './child-end.ts';
import { ChildGuards, type GuardedProgram } from './child-guards.ts';
import { findProgram } from './find-program.ts';

const searchPath = process.env['PATH'] ?? '';
const log = createLogger('test', { LOG_LEVEL: 'silent' });
const noLimits = { addressSpaceBytes: 2 ** 32, cpuSeconds: 60, fileBytes: 2 ** 20, openFiles: 64 };

const patiently = { timeout: 20_000 };
// Real processes, on cores that others use too.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-guards-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function inShell(
  script: string,
  options: Partial<GuardedProgram> = {},
): Promise<ChildEnd & { stdout: string }> {
  const guards = await ChildGuards.find({ searchPath, log });
  const program = {
    program: '/bin/sh',
    args: ['-c', script],
    cwd: folder,
    env: {},
    confined: false,
  };
  const child = guards.spawn({ ...program, ...options });
  const ended = endOf(child);
  child.stderr.resume();
  return { stdout: await text(child.stdout), ...(await ended) };
}

const ours = () => `${readlinkSync('/proc/self/ns/net')}\n`;

describe('ChildGuards', () => {
  it('shows the child nothing of our environment', async () => {
    process.env['VERBATIM_TEST_SECRET'] = 'secret';
    const { stdout } = await inShell('cat /proc/self/environ', { env: { GIVEN: 'yes' } });
    delete process.env['VERBATIM_TEST_SECRET'];
    expect(stdout.split('\0')).toContain('GIVEN=yes');
    expect(stdout).not.toContain('secret');
  });

  it('hands arguments over as they are, whatever a shell would make of them', async () => {
    const { stdout } = await inShell('printf "%s|" "$@"', {
      args: ['-c', 'printf "%s|" "$@"', 'name', '$(touch evil)', 'a b', "'"],
    });
    expect(stdout).toBe("$(touch evil)|a b|'|");
  });

  it('lets the child gain no privileges and leave no core dump', async () => {
    const { stdout } = await inShell('grep NoNewPrivs /proc/self/status; grep core /proc/self/limits');
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(stdout).toMatch(/Max core file size\s+0\s+0/);
  });

  it('gives it no network but where it is asked to, or says that this system grants no other', async () => {
    const warnings: string[] = [];
    const listening = createLogger(
      'test',
      { LOG_LEVEL: 'warn' },
      { write: (line) => void warnings.push(line) },
    );
    await ChildGuards.find({ searchPath, log: listening });
    const withIt = await inShell('readlink /proc/self/ns/net');
    expect(withIt.stdout).toBe(ours());
    const without = await inShell('readlink /proc/self/ns/net', { confined: true });
    expect(without.stdout).toMatch(/^net:/);
    // A container may forbid namespaces.
    expect(without.stdout === ours()).toBe(warnings.join('').includes('noNetwork'));
  });

  it('lets a confined child reach no server, though one listens on this very machine', async () => {
    const visits: unknown[] = [];
    const server = createServer((socket) => visits.push(socket.end())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connect = `require('node:net').connect(${port}, '127.0.0.1').on('error', (e) => console.log(e.code))`;
    const node = { program: process.execPath, args: ['-e', connect] };

    expect((await inShell('', { ...node, confined: false })).stdout).toBe('');
    await vi.waitUntil(() => visits.length === 1, patiently);
    const { stdout } = await inShell('', { ...node, confined: true });
    server.close();
    // A container may forbid namespaces: then the visit is one that a list of protocols has to prevent.
    const isAlone = (await inShell('readlink /proc/self/ns/net', { confined: true })).stdout !== ours();
    expect([stdout, visits.length]).toEqual(isAlone ? ['ENETUNREACH\n', 1] : ['', 2]);
  });

  it('leaves a confined child none of the capabilities that root has', async () => {
    const { stdout } = await inShell('grep -E "Cap(Prm|Eff|Bnd)" /proc/self/status', { confined: true });
    const isRoot = process.getuid?.() === 0;
    const kept = [...stdout.matchAll(/Cap(\w+):\s+([0-9a-f]+)/g)].filter(
      ([, , bits]) => !/^0+$/.test(bits ?? ''),
    );
    // Who is not root can't lower the bound of what could be had; no-new-privs keeps it from being had.
    expect(kept.map(([, name]) => name)).toEqual(isRoot ? [] : ['Bnd']);
  });

  it('stops a child that writes files it should not', async () => {
    const limits = { ...noLimits, fileBytes: 0 };
    const { exitCode, signal } = await inShell('echo much > file', { limits });
    expect(exitCode === 0 && signal === null).toBe(false);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('');
  });

  it('stops a child that uses too much CPU time', async () => {
    const { signal } = await inShell('while :; do :; done', { limits: { ...noLimits, cpuSeconds: 1 } });
    expect(signal).toBe('SIGXCPU');
  });

  it('refuses a child more memory than it may have', async () => {
    const limits = { ...noLimits, addressSpaceBytes: 64 * 1024 ** 2 };
    const { exitCode } = await inShell('head -c 200000000 /dev/zero | tail', { limits });
    expect(exitCode).not.toBe(0);
  });

  it('ends a whole family, even one that ignores requests', async () => {
    const guards = await ChildGuards.find({ searchPath, log });
    const child = guards.spawn({
      program: '/bin/sh',
      args: ['-c', "trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000"],
      cwd: folder,
      env: { PATH: searchPath },
      confined: true,
    });
    const ended = endOf(child);
    child.stderr.resume();
    const [grandchild] = await once(createInterface(child.stdout), 'line');
    await endChild(child, ended, 50);
    expect(isAlive(child.pid)).toBe(false);
    await vi.waitUntil(() => !isAlive(Number(grandchild)), patiently);
  });

  it.each([false, true])(
    'takes the child with it when this process is killed, confined: %s',
    async (confined) => {
      const parent = spawn(
        process.execPath,
        ['--conditions=source', '--input-type=module', '-e', parentScript],
        {
          env: { ...process.env, CONFINED: String(confined) },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [pid] = await once(createInterface(parent.stdout), 'line');
      expect(isAlive(Number(pid))).toBe(true);
      parent.kill('SIGKILL');
      await vi.waitUntil(() => !isAlive(Number(pid)), patiently);
    },
  );

  it('works without them where a system has none, and says so once', async () => {
    const lines: string[] = [];
    const listening = createLogger('test', { LOG_LEVEL: 'warn' }, { write: (line) => void lines.push(line) });
    // Given a system with nothing but a shell
    await mkdir(join(folder, 'bin'));
    await symlink((await findProgram('sh', searchPath)) ?? '', join(folder, 'bin/sh'));
    const poor = { searchPath: join(folder, 'bin'), log: listening };
    const guards = await ChildGuards.find(poor);
    // Then a child starts all the same
    const child = guards.spawn({
      program: '/bin/sh',
      args: ['-c', 'echo here'],
      cwd: folder,
      env: {},
      confined: true,
      limits: noLimits,
    });
    expect(await text(child.stdout)).toBe('here\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        event: 'child_guards.missing',
        missing: ['noNetwork', 'noCapabilities', 'diesWithParent', 'limits'],
      }),
    ]);
  });

  it('runs no guard that is there and does not work', async () => {
    const broken = join(folder, 'unshare');
    await writeFile(broken, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const guards = await ChildGuards.find({ searchPath: `${folder}:${searchPath}`, log });
    const child = guards.spawn({
      program: '/bin/sh',
      args: ['-c', 'echo here'],
      cwd: folder,
      env: {},
      confined: true,
    });
    expect(await text(child.stdout)).toBe('here\n');
  });
});

const parentScript = `
  import { ChildGuards } from '${import.meta.resolve('./child-guards.ts')}';
  const guards = await ChildGuards.find({ searchPath: process.env.PATH, log: { warn: () => {} } });
  const child = guards.spawn({
    program: '/bin/sh', args: ['-c', 'exec sleep 1000'], cwd: '/', env: { PATH: process.env.PATH }, confined: process.env.CONFINED === 'true',
  });
  console.log(child.pid);
`;

/** A zombie is dead, even where nobody collects it. */
function isAlive(pid: number | undefined): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
