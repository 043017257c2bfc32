// npm run load -- --requests 10 --workers 5 --monitor
//
// Runs the k6 script against a running server and, with --monitor, shows a live line of what the jobs do meanwhile.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const help = `npm run load -- [options]

  --requests N     recordings to send in all (10)
  --workers N      clients at the same time (5)
  --monitor        a live line: how many jobs wait, run, are done
  --url URL        the server (http://localhost:8000)
  --sample FILE    the recording (test_sample/en-short.wav); its .txt beside it, where there is one, is the text expected
  --check-text     the transcripts must equal that text: for the demo model and its own sentences
  --key KEY        an API key; or the variable VERBATIM_API_KEY

k6 is found in PATH or by K6_PATH. To install it: https://grafana.com/docs/k6/latest/set-up/install-k6/
`;

const contentTypes: Record<string, string> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
};

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10' },
    workers: { type: 'string', default: '5' },
    monitor: { type: 'boolean', default: false },
    url: { type: 'string', default: 'http://localhost:8000' },
    sample: { type: 'string', default: resolve(import.meta.dirname, '../../test_sample/en-short.wav') },
    'check-text': { type: 'boolean', default: false },
    key: { type: 'string', default: process.env['VERBATIM_API_KEY'] ?? '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const sample = resolve(values.sample);
const settings = {
  BASE_URL: values.url,
  API_KEY: values.key,
  REQUESTS: values.requests,
  // k6 refuses more virtual users than iterations.
  WORKERS: String(Math.min(Number(values.workers), Number(values.requests))),
  SAMPLE: sample,
  CONTENT_TYPE: contentTypes[basename(sample).split('.').at(-1) ?? ''] ?? 'application/octet-stream',
  EXPECTED_TEXT: values['check-text'] ? textOf(sample) : '',
};
const quiet = values.monitor && process.stderr.isTTY;
const k6 = spawn(
  process.env['K6_PATH'] ?? 'k6',
  ['run', ...(quiet ? ['--quiet'] : []), resolve(import.meta.dirname, '../src/transcribe.k6.ts')],
  // By the environment, so that no key is seen in the list of processes.
  {
    env: { ...process.env, ...settings, K6_NO_USAGE_REPORT: 'true' },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
k6.on('error', (error) => {
  console.error(`k6 could not be started (${error.message}).\n\n${help}`);
  process.exit(1);
});
const monitor = values.monitor ? startMonitor() : null;
k6.on('exit', (code) => {
  monitor?.();
  process.exit(code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => k6.kill(signal));

function textOf(path: string): string {
  const text = readFileSync(path.replace(/\.[^.]+$/, '.txt'), 'utf8');
  return text.trim().split(/\s+/).join(' ');
}

/** Counts the newest jobs by their status, every second; on a terminal in one line that renews itself. */
function startMonitor(): () => void {
  const started = performance.now();
  const timer = setInterval(async () => {
    const headers = values.key ? { authorization: `Bearer ${values.key}` } : {};
    try {
      const response = await fetch(`${values.url}/v1/jobs?limit=100`, { headers });
      const { items } = (await response.json()) as { items: { status: string }[] };
      const counts = Map.groupBy(items.slice(0, Number(values.requests)), ({ status }) => status);
      const seen = [...counts].map(([status, jobs]) => `${status.toLowerCase()} ${jobs.length}`).join(', ');
      show(`${Math.round((performance.now() - started) / 1000)} s: ${seen || 'no jobs yet'}`);
    } catch (error) {
      show(`the server does not answer (${(error as Error).message})`);
    }
  }, 1000);
  return () => {
    clearInterval(timer);
    if (process.stderr.isTTY) process.stderr.write('\n');
  };
}

function show(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}
