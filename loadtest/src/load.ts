// npm run load -- --requests 10 --workers 5 --monitor
//
// Runs the k6 script against a running server and, with --monitor, shows a live line of what the jobs do meanwhile.
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineIsSimulated } from './engine-is-simulated.ts';
import { JobsOfThisRun, NotReady } from './jobs-of-this-run.ts';
import { liveLine } from './live-line.ts';
import { BadOptions, type LoadOptions, readLoadOptions, usage } from './load-options.ts';

const onTerminal = process.stderr.isTTY;
/** Over the live line, where there is one. */
const startOfLine = onTerminal ? '\r\x1b[K' : '';

try {
  process.exitCode = await load();
} catch (error) {
  if (!(error instanceof BadOptions || error instanceof NotReady)) throw error;
  console.error(error instanceof BadOptions ? `${error.message}\n\n${usage}` : error.message);
  process.exitCode = 1;
}

/** Resolves to the exit code: k6's own, which is not 0 when a threshold is missed. */
async function load(): Promise<number> {
  const options = readLoadOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const jobs = await JobsOfThisRun.open(options);
  if (await engineIsSimulated(options)) {
    console.error(
      'The engine is simulated: the numbers are about all but the speech engine, and every text is invented.',
    );
  }
  const k6 = startK6(options);
  const ended = endOf(k6);
  if (options.monitor) await showJobs(jobs, options.requests, ended);
  return ended;
}

function startK6(options: LoadOptions): ChildProcess {
  const settings = {
    BASE_URL: options.url,
    API_KEY: options.key,
    REQUESTS: `${options.requests}`,
    WORKERS: `${options.workers}`,
    WAIT_SECONDS: `${options.waitSeconds}`,
    POLL_SECONDS: `${options.pollSeconds ?? ''}`,
    SAMPLE: options.samplePath,
    CONTENT_TYPE: options.contentType,
    EXPECTED_TEXT: options.expectedText ?? '',
    K6_NO_USAGE_REPORT: 'true',
  };
  const script = resolve(import.meta.dirname, 'transcribe.k6.ts');
  // One live line is enough.
  const args = ['run', '--address=', ...(options.monitor ? ['--quiet'] : []), script];
  const k6 = spawn(process.env['K6_PATH'] || 'k6', args, {
    // By the environment, so that no key is seen in the list of processes.
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'inherit', 'pipe'],
    // A group of its own: Ctrl-C would reach k6 twice, from the terminal and from us, and at the second it drops everything.
    detached: true,
  });
  k6.stderr.setEncoding('utf8').on('data', (text: string) => process.stderr.write(`${startOfLine}${text}`));
  return k6;
}

function endOf(k6: ChildProcess): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => k6.kill(signal));
  return new Promise((resolveEnd, reject) => {
    k6.on('error', (error) => {
      reject(
        new NotReady(
          `k6 could not be started (${error.message}). Install it ` +
            '(https://grafana.com/docs/k6/latest/set-up/install-k6/) and have it on PATH, or say where it is with K6_PATH.',
        ),
      );
    });
    k6.on('exit', (code) => resolveEnd(code ?? 1));
  });
}

/** On a terminal one line that renews itself, elsewhere a line each time. The last one is the end of the story. */
async function showJobs(jobs: JobsOfThisRun, requests: number, ended: Promise<unknown>): Promise<void> {
  const started = performance.now();
  const show = async () => {
    // One that is not answered is not worth a word: k6 counts what clients see.
    const statuses = await jobs.statuses().catch(() => null);
    if (!statuses) return;
    const line = liveLine((performance.now() - started) / 1000, requests, statuses);
    process.stderr.write(onTerminal ? `${startOfLine}${line}` : `${line}\n`);
  };
  // A hundred jobs a page: the more there are, the more rarely they are asked for, to measure k6's load and not ours.
  const pause = () => sleep(Math.max(1000, requests * 10), 'goes on', { ref: false });
  while ((await Promise.race([ended, pause()])) === 'goes on') await show();
  await show();
  if (onTerminal) process.stderr.write('\n');
}
