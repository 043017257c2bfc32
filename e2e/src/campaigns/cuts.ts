// npm run cuts
//
// An hour of speech, cut and heard in pieces by two slots, beside the same hour heard whole by whisper-cli with the same
// build, model and settings: word error rates, what is wrong near the cuts, and what both took.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WhisperCli } from '../../bench/whisper-cli.ts';
import { cpuTimeOfTree, since } from '../drivers/cpu-time.ts';
import { ffmpeg, samplePath, trueSegments } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { errorRateOf, type HeardErrors, heardErrors } from './errors-near-cuts.ts';

const { values: given } = parseArgs({
  options: {
    sample: { type: 'string', default: 'sample1.mp3' },
    /** As the setting CHUNK_SECONDS. */
    'chunk-seconds': { type: 'string', default: '600' },
    json: { type: 'string' },
  },
});
const nearSeconds = 5;
const widths = [20, 8, 17, 34, 8, 8];
const headline = columns([
  'heard',
  'WER',
  'wrong/lost/added',
  `within ${nearSeconds} s of a cut, of its words`,
  'time',
  'CPU',
]);

interface Side {
  name: string;
  text: string;
  seconds: number;
  cpuSeconds: number;
}

const folder = mkdtempSync(join(tmpdir(), 'verbatim-cuts-'));
const verbatim = await Verbatim.start({ CHUNK_SECONDS: given['chunk-seconds'], WORKER_SLOTS: '2' });
try {
  await compare();
} finally {
  await verbatim[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(): Promise<void> {
  const { cuts, ...pieces } = await inPieces();
  const whole = await inOne();
  const truth = trueSegments(given.sample);
  const rows = [pieces, whole].map((side) => ({
    ...side,
    ...heardErrors(truth, side.text, cuts, nearSeconds),
  }));

  say(`cut at ${cuts.map((cut) => `${cut.toFixed(1)} s`).join(', ')}`);
  say(headline);
  for (const row of rows) say(rowText(row));
  const [inPiecesRow, wholeRow] = rows;
  if (!inPiecesRow || !wholeRow) return;
  const apart = 100 * (errorRateOf(inPiecesRow.all) - errorRateOf(wholeRow.all));
  say('');
  say(
    `In pieces: ${apart.toFixed(2)} points of word error rate more than whole, ` +
      `${(inPiecesRow.seconds / wholeRow.seconds).toFixed(2)} of its time, ` +
      `${(inPiecesRow.cpuSeconds / wholeRow.cpuSeconds).toFixed(2)} of its CPU time.`,
  );
  if (given.json) {
    const told = rows.map(({ name, seconds, cpuSeconds, all, nearCuts }) => {
      return { name, seconds, cpuSeconds, all, nearCuts };
    });
    writeFileSync(given.json, `${JSON.stringify({ cuts, rows: told, apart }, null, 1)}\n`);
  }
}

/** All that Verbatim does is counted: api, worker and notifier, ffmpeg and the engine. */
async function inPieces(): Promise<Side & { cuts: number[] }> {
  const { client, log } = verbatim;
  const before = cpuTimeOfTree(verbatim.pid);
  const begun = performance.now();
  const { jobId } = await client.upload(samplePath(given.sample), { language: 'en' });
  await client.announceUpload(jobId);
  await client.waitUntil(jobId, 'COMPLETED', 30 * 60_000);
  const seconds = (performance.now() - begun) / 1000;
  const { engine, around } = since(before, cpuTimeOfTree(verbatim.pid));
  const cpuSeconds = Object.values(around).reduce((sum, value) => sum + value, engine);
  const starts = log.of(jobId).find(({ event }) => event === 'job.cut')?.startSeconds ?? [];
  const { text } = await client.transcript(jobId);
  return { name: 'in pieces, Verbatim', text, seconds, cpuSeconds, cuts: starts.slice(1) };
}

/** The same build and model, with the settings of the worker and one thread, as each of its slots has. */
async function inOne(): Promise<Side> {
  const wavPath = join(folder, 'whole.wav');
  ffmpeg('-i', samplePath(given.sample), '-ar', '16000', '-ac', '1', wavPath);
  const server = verbatim.processes().map(({ command }) => /(\S+)\/whisper-server -m (\S+)/.exec(command));
  const [, programs, modelPath] = server.find((match) => match !== null) ?? [];
  if (!programs || !modelPath) throw new Error('no whisper-server is running');
  const name = 'whole, whisper-cli';
  const cliPath = join(programs, 'whisper-cli');
  const cli = new WhisperCli({ name, cliPath, modelPath, language: 'en', threads: 1 });
  const { text, wallSeconds, cpuSeconds } = await cli.hear({ wavPath, durationSeconds: 3600 });
  return { name, text, seconds: wallSeconds, cpuSeconds };
}

function rowText({ name, all, nearCuts, seconds, cpuSeconds }: Side & HeardErrors): string {
  const edits = (of: HeardErrors['all']) => `${of.substitutions}/${of.deletions}/${of.insertions}`;
  return columns([
    name,
    `${(100 * errorRateOf(all)).toFixed(2)} %`,
    edits(all),
    `${edits(nearCuts)} of ${nearCuts.words}`,
    `${seconds.toFixed(0)} s`,
    `${cpuSeconds.toFixed(0)} s`,
  ]);
}

function columns(cells: string[]): string {
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
