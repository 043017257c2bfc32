import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const command = join(import.meta.dirname, '../build-engine.ts');

describe('build-engine', { timeout: 30_000 }, () => {
  let folder: string;
  let target: string;
  let calls: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-engine-'));
    target = join(folder, 'engine');
    calls = join(folder, 'calls');
    writeFileSync(calls, '');
    mkdirSync(join(folder, 'bin'));
    fakeCmake(buildsAll);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('puts the finished programs in place, and nothing beside them', async () => {
    const { exitCode, stderr } = await build();
    expect(exitCode).toBe(0);
    expect(readdirSync(target).sort()).toEqual([
      'whisper-cli',
      'whisper-quantize',
      'whisper-server',
      'whisper-vad-speech-segments',
    ]);
    expect(readdirSync(folder).sort()).toEqual(['bin', 'calls', 'engine', 'engine.lock']);
    expect(stderr).toContain('50 %');
  });

  it('says nothing and builds nothing where the engine is', async () => {
    await build();
    const again = await build();
    expect(again).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(cmakeCalls()).toHaveLength(2);
  });

  it('builds for this processor unless it is asked for a portable one', async () => {
    await build();
    rmSync(target, { recursive: true });
    await build('--portable');
    const configured = cmakeCalls().filter((call) => call.startsWith('-S'));
    expect(configured[0]).toContain('-DGGML_NATIVE=ON');
    expect(configured[1]).toContain('-DGGML_NATIVE=OFF');
  });

  it('takes libraries along where the flags made some, each once', async () => {
    fakeCmake(`${buildsAll}
      if [ "$1" = --build ]; then
        cd "$2/bin"; echo > libwhisper.so.1.8.0; ln -s libwhisper.so.1.8.0 libwhisper.so.1; echo > libggml-cpu-zen4.so
      fi`);
    await build('--portable');
    const libraries = readdirSync(target).filter((name) => name.startsWith('lib'));
    expect(libraries.sort()).toEqual(['libggml-cpu-zen4.so', 'libwhisper.so.1', 'libwhisper.so.1.8.0']);
    expect(readlinkSync(join(target, 'libwhisper.so.1'))).toBe('libwhisper.so.1.8.0');
  });

  it('makes one build of two at once', async () => {
    fakeCmake(`while [ ! -e ${folder}/go ]; do sleep 0.02; done\n${buildsAll}`);
    const first = build();
    await vi.waitFor(() => expect(cmakeCalls()).toHaveLength(1), soon);
    const second = build();
    writeFileSync(join(folder, 'go'), '');
    expect((await first).exitCode).toBe(0);
    expect((await second).exitCode).toBe(0);
    expect(cmakeCalls()).toHaveLength(2);
  });

  it('says why a build failed and where its whole log is, and leaves nothing half done', async () => {
    fakeCmake('echo "ggml.c: no such header"; exit 2');
    const { exitCode, stderr } = await build();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ggml.c: no such header');
    expect(stderr).toContain(`exit code 2). The whole log: ${target}.log`);
    expect(readFileSync(`${target}.log`, 'utf8')).toContain('no such header');
    expect(readdirSync(folder).sort()).toEqual(['bin', 'calls', 'engine.lock', 'engine.log']);
  });

  it('names the command to type where there is no cmake', async () => {
    rmSync(join(folder, 'bin/cmake'));
    const { exitCode, stderr } = await build();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('sudo apt-get update && sudo apt-get install -y cmake make g++');
  });

  it('begins afresh after a build that was killed', async () => {
    fakeCmake('exec sleep 60');
    const killed = start();
    await vi.waitFor(() => expect(cmakeCalls()).toHaveLength(1), soon);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(target)).toBe(false);

    fakeCmake(buildsAll);
    expect((await build()).exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['bin', 'calls', 'engine', 'engine.lock']);
  });

  it('ends its compilers when it is asked to stop', async () => {
    fakeCmake(`echo $$ > ${folder}/pid; exec sleep 60`);
    const stopped = start();
    await vi.waitFor(() => expect(readFileSync(join(folder, 'pid'), 'utf8')).toMatch(/\d+\n/), soon);
    stopped.kill('SIGTERM');
    await once(stopped, 'exit');
    const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), soon);
  });

  const soon = { timeout: 10_000, interval: 20 };

  /** `--build DIR`: progress as cmake prints it, and four programs. */
  const buildsAll = `
    if [ "$1" = --build ]; then
      echo "[ 50%] Building CXX object"
      mkdir "$2/bin"
      for name in whisper-server whisper-cli whisper-quantize whisper-vad-speech-segments; do echo > "$2/bin/$name"; done
    fi`;

  function fakeCmake(body: string): void {
    const cmake = join(folder, 'bin/cmake');
    writeFileSync(cmake, `#!/bin/sh\necho "$*" >> ${calls}\n${body}\n`);
    chmodSync(cmake, 0o755);
  }

  function cmakeCalls(): string[] {
    return readFileSync(calls, 'utf8').split('\n').filter(Boolean);
  }

  function start(...options: string[]) {
    // No other cmake than ours is on this PATH, where the real ones lie beside the shell's own programs.
    const path = [join(folder, 'bin'), shellPrograms()].join(delimiter);
    return spawn(process.execPath, [command, '--out', target, ...options], {
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  function shellPrograms(): string {
    const programs = join(folder, 'bin');
    for (const name of ['sh', 'mkdir', 'sleep', 'ln']) {
      const link = join(programs, name);
      if (!existsSync(link)) writeFileSync(link, `#!/bin/sh\nexec /bin/${name} "$@"\n`, { mode: 0o755 });
    }
    return programs;
  }

  async function build(...options: string[]) {
    const child = start(...options);
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { exitCode, stdout, stderr };
  }
});
