import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installPackages } from './install-packages.mjs';
import { SetupFailed } from './setup-failed.mjs';

describe('installPackages', () => {
  let root: string;
  beforeEach(() => {
    vi.spyOn(console, 'log').mockReturnValue();
    root = mkdtempSync(join(tmpdir(), 'verbatim-setup-'));
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'package-lock.json'), '{"lockfileVersion": 3}');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(root, { recursive: true });
  });

  it('runs npm ci with the npm that runs us, quietly, and all that a start needs', () => {
    install();
    expect(npmCalls()).toEqual(['ci --no-audit --no-fund --loglevel=error --include=dev --include=optional']);
  });

  it('does nothing while the lock file stays as it is', () => {
    install();
    install();
    expect(npmCalls()).toHaveLength(1);
  });

  it('installs again when the lock file changed, or node_modules is gone', () => {
    install();
    writeFileSync(join(root, 'package-lock.json'), '{"lockfileVersion": 3, "packages": {}}');
    install();
    expect(npmCalls()).toHaveLength(2);
    rmSync(join(root, 'node_modules'), { recursive: true });
    install();
    expect(npmCalls()).toHaveLength(3);
  });

  it('installs again after an install that failed or was interrupted', () => {
    install();
    writeFileSync(join(root, 'package-lock.json'), '{}');
    expect(() => install('process.exit(1)')).toThrow(SetupFailed);
    expect(existsSync(join(root, 'node_modules/.installed'))).toBe(false);
    install();
    expect(npmCalls()).toHaveLength(3);
  });

  it('takes npm with it when it is killed, as after Ctrl-C', { timeout: 20_000 }, async () => {
    const npm = join(root, 'npm-cli.cjs');
    writeFileSync(
      npm,
      "process.on('SIGINT', () => {}); console.log(process.pid); setInterval(() => {}, 60_000);",
    );
    const env = { ...process.env, npm_node_execpath: process.execPath, npm_execpath: npm };
    const main = `
      import { installPackages } from ${JSON.stringify(join(import.meta.dirname, 'install-packages.mjs'))};
      console.log = () => {};
      installPackages({ root: ${JSON.stringify(root)} });`;
    const setup = spawn(process.execPath, ['--input-type=module', '--eval', main], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(String(await once(setup.stdout, 'data')));
    setup.kill('SIGINT');
    await vi.waitUntil(() => hasEnded(pid), { timeout: 10_000 });
  });

  /** With a program in npm's place that writes down how it is called. */
  function install(thenDoes = '') {
    const npm = join(root, 'npm-cli.cjs');
    writeFileSync(
      npm,
      `const fs = require('node:fs');
      fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
      fs.mkdirSync('node_modules', { recursive: true });
      ${thenDoes}`,
    );
    const env = { ...process.env, npm_node_execpath: process.execPath, npm_execpath: npm };
    installPackages({ root, env });
  }

  /** A container's first process may leave the dead as they are. */
  function hasEnded(pid: number): boolean {
    const file = `/proc/${pid}/stat`;
    return !existsSync(file) || readFileSync(file, 'utf8').includes(') Z ');
  }

  function npmCalls(): string[] {
    return readFileSync(join(root, 'calls'), 'utf8').trimEnd().split('\n');
  }
});
