import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '@verbatim/adapters/take-lock';
import { whisperSource } from './engine-directory.ts';
import { ProgressLine } from './progress-line.ts';

const programs = ['whisper-server', 'whisper-cli', 'whisper-quantize', 'whisper-vad-speech-segments'];

/** Its message says what to look at; meant for the person who started the build. */
export class BuildFailed extends Error {}

/**
 * Builds whisper.cpp's programs into `directory` unless they are there. A build happens aside and appears by one
 * rename, so a folder that exists is whole; two builds at once make one. @throws BuildFailed
 */
export async function buildEngine(directory: string, flags: readonly string[]): Promise<void> {
  const target = resolve(directory);
  if (isBuilt(target)) return;
  makeFolder(dirname(target));
  using _lock = await waitForLock(`${target}.lock`);
  if (isBuilt(target)) return;

  removeLeftovers(target);
  const aside = `${target}.building-${process.pid}`;
  mkdirSync(aside, { recursive: true });
  await compile(aside, `${target}.log`, flags);
  putInPlace(aside, target);
}

function isBuilt(target: string): boolean {
  return existsSync(join(target, 'whisper-server'));
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new BuildFailed(
      `The speech engine can't be kept in ${folder}: set XDG_CACHE_HOME to a folder that you may write to.`,
      { cause: error },
    );
  }
}

async function waitForLock(file: string): Promise<Disposable> {
  for (let said = false; ; said = true) {
    const lock = takeLock(file);
    if (lock) return lock;
    if (!said) console.error('Another process is building the speech engine: waiting for it.');
    await sleep(500);
  }
}

/** What builds that were killed left; nobody works there, since we hold the lock. */
function removeLeftovers(target: string): void {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(target)}.building-`)) remove(join(folder, name));
  }
  remove(target);
}

async function compile(aside: string, logFile: string, flags: readonly string[]): Promise<void> {
  const progress = new ProgressLine('Building the speech engine (once)');
  const log = openSync(logFile, 'w');
  const run = async (...args: string[]) => {
    const exit = await runCmake(args, (text) => {
      writeSync(log, text);
      for (const [, percent] of text.matchAll(/^\[ *(\d+)%\]/gm)) progress.update(Number(percent));
    });
    if (exit !== 0) throw new BuildFailed(whyItFailed(exit, logFile));
  };
  try {
    progress.update(0);
    await run('-S', whisperSource, '-B', aside, ...flags);
    await run('--build', aside, '--parallel', `${parallelJobs()}`, '--target', ...programs);
    progress.update(100);
  } catch (error) {
    remove(aside);
    throw error;
  } finally {
    progress.end();
    closeSync(log);
  }
  remove(logFile);
}

/** One compiler takes up to 1 GB. */
function parallelJobs(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 2 ** 30)));
}

/** Resolves to the exit code, or to why there is none. */
function runCmake(args: string[], onOutput: (text: string) => void): Promise<number | string> {
  // Listens before there is anything to end: a signal in between would end only us.
  const stopListening = endWithUs(() => child);
  // A group of its own, so that a signal to us ends cmake, make and the compilers together.
  const child = spawn('cmake', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', onOutput);
  child.stderr.setEncoding('utf8').on('data', onOutput);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? `killed by ${signal}`));
  }).finally(stopListening) as Promise<number | string>;
}

function endWithUs(child: () => ChildProcess): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = () => {
    const { pid } = child();
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    process.exit(1);
  };
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.removeListener(signal, end);
  };
}

function whyItFailed(exit: number | string, logFile: string): string {
  if (exit === 'spawn cmake ENOENT') {
    const command = 'sudo apt-get update && sudo apt-get install -y cmake make g++';
    return `The speech engine can't be built without cmake, make and a C++ compiler: install them with ${command}`;
  }
  const lastLines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  const why = typeof exit === 'number' ? `cmake ended with exit code ${exit}` : exit;
  return `${lastLines}\n\nThe speech engine could not be built (${why}). The whole log: ${logFile}`;
}

function putInPlace(aside: string, target: string): void {
  const finished = join(aside, 'finished');
  mkdirSync(finished);
  // Libraries where the flags ask for them.
  const wanted = readdirSync(join(aside, 'bin')).filter(
    (name) => programs.includes(name) || /\.so(\.|$)/.test(name),
  );
  for (const name of wanted) {
    // A library is found under two more names, which are links.
    cpSync(join(aside, 'bin', name), join(finished, name), { verbatimSymlinks: true });
  }
  // Half the size; it does not matter where there is no `strip`.
  spawnSync(
    'strip',
    readdirSync(finished).map((program) => join(finished, program)),
  );
  renameSync(finished, target);
  remove(aside);
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
