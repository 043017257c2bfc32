// npm run kills -- --runs 20 --seed 1
//
// Kills the worker of a long job with SIGKILL, once in each run, at a moment that the seed chooses, and shows that every
// run ends with the same transcript and that no finished chunk was heard again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beginningOf, wordErrorRate } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { plannedKill } from './kill-plan.ts';
import { digestOf, headline, row, sentencesOf, summarise } from './kill-report.ts';
import { calmRun, type KilledRun, killedRun } from './killed-run.ts';

const { values: given } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '40' },
    /** As the setting CHUNK_SECONDS. */
    'chunk-seconds': { type: 'string', default: '600' },
    json: { type: 'string' },
  },
});
const [runs, seed, minutes] = [Number(given.runs), Number(given.seed), Number(given.minutes)];

const folder = mkdtempSync(join(tmpdir(), 'verbatim-kills-'));
const verbatim = await Verbatim.start({
  CHUNK_SECONDS: given['chunk-seconds'],
  WORKER_SLOTS: '2',
  MAIL_TO: 'ana@example.com',
});
try {
  process.exitCode = (await campaign()) ? 0 : 1;
} finally {
  await verbatim[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

/** Whether all runs were as they have to be. */
async function campaign(): Promise<boolean> {
  const recording = beginningOf('sample1.mp3', minutes, folder);
  const calm = await calmRun(verbatim, recording.path);
  const wer = wordErrorRate(recording.truth, calm.transcript.text) ?? 0;
  say(
    `${minutes} minutes in ${calm.chunks.length} chunks of ${given['chunk-seconds']} s, nobody killed: ` +
      `${calm.seconds.toFixed(0)} s, ${calm.readingSeconds.toFixed(1)} s of it until it was cut; ` +
      `word error rate ${(100 * wer).toFixed(2)} %, transcript ${digestOf(calm.transcript)}`,
  );
  say('');
  say(headline);

  const results: KilledRun[] = [];
  for (let run = 0; run < runs; run++) {
    const result = await killedRun(verbatim, recording.path, plannedKill(seed, run), calm);
    results.push(result);
    say(row(run, result, calm));
  }
  const sums = summarise(results, calm);
  say('');
  say(sentencesOf(sums));
  if (given.json) {
    const machine = { cores: cpus().length, load: loadavg().map((load) => Number(load.toFixed(1))) };
    const { transcript: _, ...baseline } = calm;
    const listed = results.map(({ transcript, ...result }) => ({
      ...result,
      transcript: digestOf(transcript),
    }));
    const all = { seed, minutes, machine, calm: { ...baseline, wordErrorRate: wer }, sums, runs: listed };
    writeFileSync(given.json, `${JSON.stringify(all, null, 1)}\n`);
  }
  return (
    sums.sameTranscript === runs && sums.oneMail === runs && sums.doneTwice === 0 && sums.heardThrice === 0
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
