import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
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
    network: 'host' as const,
  };
  const child = guards.spawn({ ...program, ...options });
  const ended = endOf(child);
  child.stderr.resume();
  return { stdout: await text(child.stdout), ...(await ended) };
}

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
    const ours = `${await readlink('/proc/self/ns/net')}\n`;
    const warnings: string[] = [];
    const listening = createLogger(
      'test',
      { LOG_LEVEL: 'warn' },
      { write: (line) => void warnings.push(line) },
    );
    await ChildGuards.find({ searchPath, log: listening });
    const withIt = await inShell('readlink /proc/self/ns/net');
    expect(withIt.stdout).toBe(ours);
    const without = await inShell('readlink /proc/self/ns/net', { network: 'none' });
    expect(without.stdout).toMatch(/^net:/);
    // A container may forbid namespaces.
    expect(without.stdout === ours).toBe(warnings.join('').includes('noNetwork'));
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
      network: 'none',
    });
    const ended = endOf(child);
    child.stderr.resume();
    const [grandchild] = await once(createInterface(child.stdout), 'line');
    await endChild(child, ended, 50);
    expect(isAlive(child.pid)).toBe(false);
    await vi.waitUntil(() => !isAlive(Number(grandchild)), patiently);
  });

  it.each(['host', 'none'])(
    'takes the child with it when this process is killed, network: %s',
    async (network) => {
      const parent = spawn(
        process.execPath,
        ['--conditions=source', '--input-type=module', '-e', parentScript],
        {
          env: { ...process.env, NETWORK: network },
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
      network: 'none',
      limits: noLimits,
    });
    expect(await text(child.stdout)).toBe('here\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        event: 'child_guards.missing',
        missing: ['noNetwork', 'diesWithParent', 'limits'],
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
      network: 'none',
    });
    expect(await text(child.stdout)).toBe('here\n');
  });
});

const parentScript = `
  import { ChildGuards } from '${import.meta.resolve('./child-guards.ts')}';
  const guards = await ChildGuards.find({ searchPath: process.env.PATH, log: { warn: () => {} } });
  const child = guards.spawn({
    program: '/bin/sh', args: ['-c', 'exec sleep 1000'], cwd: '/', env: { PATH: process.env.PATH }, network: process.env.NETWORK,
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
