import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Transcript } from '@verbatim/domain';
import { samplePath } from '../../drivers/samples.ts';
import { waitFor } from '../../drivers/wait-for.ts';
import { CanaryServer } from '../canary-server.ts';
import { eachOf, type Outcome, Outcomes } from '../outcomes.ts';
import type { Report } from '../report.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Target } from '../target.ts';
import type { HostileFile } from './hostile-file.ts';
import { hostileLists } from './hostile-lists.ts';
import {
  lyingRecordings,
  mixedAndCut,
  noRecordings,
  silenceBomb,
  withoutWords,
} from './hostile-recordings.ts';
import { Recordings } from './make-recordings.ts';

/** From the recording of the victim; in none of the attacker's. */
const foreignWords = /teléfono|blanco|tiene|libro|azul|coche|amarillo/i;

/** Every file of the corpus, uploaded by one user, with another user's recording and a server as bait. */
export async function abuseFiles(target: Target, report: Report, surroundings: Surroundings): Promise<void> {
  const { signal, folder, ffmpeg, quick } = surroundings;
  await using canary = await CanaryServer.start();
  const path = await victimsRecording(target);
  const workFolder = join(target.verbatim.dataDir, 'work', 'a', 'b');
  const bait = { path, relativePath: relative(workFolder, path), server: canary.address };
  const recordings = new Recordings(folder, ffmpeg);
  baitIsReal(bait, surroundings, report);

  const groups: Record<string, HostileFile[]> = {
    'playlists that point elsewhere': hostileLists(bait),
    'what is no recording': noRecordings(recordings),
    'recordings that lie': lyingRecordings(recordings),
    'mixed and cut files': mixedAndCut(recordings),
    'sound without words': withoutWords(recordings),
  };
  const outcomes = new Outcomes(target, target.ben);
  for (const [name, all] of Object.entries(groups)) {
    const files = all.filter((_, index) => !quick || index % 4 === 0);
    const problems: string[] = [];
    let done = 0;
    await eachOf(files, 4, signal, async (file) => {
      const outcome = await outcomes.of('recording.mp3', file.bytes());
      problems.push(...(await faultsOf(file, outcome, target)).map((fault) => `${file.name}: ${fault}`));
      report.progress(`${name}: ${++done} of ${files.length}`);
    });
    const rows = [...new Set(files.flatMap((file) => file.rows))];
    report.check(name, rows, problems, `${done} files`);
  }
  if (signal.aborted) return;
  await bombs(target, outcomes, recordings, report, quick ? 5 : 25);
  const visits =
    canary.visits === 0 ? [] : [`${canary.visits} connections reached the server that the lists name`];
  report.check('nobody came to the server that the lists name', [40], visits);
}

/** The other user's recording as it lies on the disk. */
async function victimsRecording(target: Target): Promise<string> {
  const { jobId } = await target.ana.upload(samplePath('es-short.wav'));
  await target.ana.announceUpload(jobId);
  await target.ana.waitUntil(jobId, 'COMPLETED');
  const folder = join(target.verbatim.dataDir, 'objects', 'audio', 'ana', jobId);
  const [file] = await waitFor('the stored recording', () => existsSync(folder) && readdirSync(folder));
  return join(folder, file ?? '');
}

/** Without our restrictions ffmpeg takes the bait: so that it is not for want of one that nothing is caught. */
function baitIsReal(bait: { path: string }, { folder, ffmpeg }: Surroundings, report: Report): void {
  const list = join(folder, 'attack.mp3');
  const leaked = join(folder, 'leaked.wav');
  writeFileSync(list, `ffconcat version 1.0\nfile '${bait.path}'\n`);
  execFileSync(ffmpeg, ['-nostdin', '-v', 'error', '-y', '-safe', '0', '-i', list, leaked]);
  const bytes = readFileSync(leaked).length;
  report.check(
    'the attack is real: an ffmpeg without restrictions reads the other user',
    [40],
    bytes > 50_000 ? [] : ['it does not'],
    `${bytes} bytes leaked`,
  );
}

async function faultsOf(file: HostileFile, { what, job }: Outcome, target: Target): Promise<string[]> {
  if (!file.ends.includes(what)) return [`ended as ${what}, not as ${file.ends.join(' or ')}`];
  if (what !== 'COMPLETED' || !job) return [];
  const transcript = await target.ben.json<Transcript>(`/v1/jobs/${job.jobId}/transcript?format=json`);
  const { text, warning, durationSeconds } = file.hears ?? {};
  const faults: string[] = [];
  if (foreignWords.test(transcript.text)) faults.push('the transcript says what the other user said');
  if (text && !text.test(transcript.text))
    faults.push(`its transcript is ${JSON.stringify(transcript.text)}`);
  if (warning && !transcript.warnings.includes(warning as never)) faults.push(`no warning ${warning}`);
  if (durationSeconds && Math.abs(transcript.durationSeconds - durationSeconds) > 0.3) {
    faults.push(`${transcript.durationSeconds} s, not ${durationSeconds}`);
  }
  return faults;
}

/** What the worker's ended children used: `cutime` and `cstime` of proc(5), in ticks of 10 ms. */
function decodingSeconds(target: Target): number {
  const stat = readFileSync(`/proc/${target.verbatim.program('worker').pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** A bomb costs no more than the longest recording that is allowed. */
async function bombs(
  target: Target,
  outcomes: Outcomes,
  recordings: Recordings,
  report: Report,
  hours: number,
): Promise<void> {
  const bytes = silenceBomb(recordings, hours);
  const allowed = silenceBomb(recordings, maxAudioHours);
  const costs = async (file: Buffer) => {
    const before = decodingSeconds(target);
    const { what } = await outcomes.of('bomb.flac', file);
    return { what, seconds: decodingSeconds(target) - before };
  };
  const longest = await costs(allowed);
  // A tick or two is what the clock can't tell.
  const most = longest.seconds * 1.05 + 0.03;
  // Other work on the machine only ever adds: the cheapest of a few counts.
  let bomb = await costs(bytes);
  for (let tries = 1; tries < 5 && bomb.seconds > most; tries++) bomb = await costs(bytes);
  const problems: string[] = [];
  if (longest.what !== 'COMPLETED') problems.push(`the longest that is allowed ended as ${longest.what}`);
  if (bomb.what !== 'audio.too_long') problems.push(`the bomb ended as ${bomb.what}`);
  if (bomb.seconds > most)
    problems.push(`it cost ${bomb.seconds.toFixed(2)} s of CPU, more than ${most.toFixed(2)} s`);
  const sizes = `${hours} h in ${(bytes.length / 1024).toFixed(0)} KiB, ${maxAudioHours} h allowed`;
  const seconds = `${bomb.seconds.toFixed(2)} s of CPU, the longest allowed ${longest.seconds.toFixed(2)} s`;
  report.check('a decompression bomb stops at the limit', [41], problems, `${sizes}: ${seconds}`);
}

/** What the server of this part is started with, as MAX_AUDIO_HOURS. */
export const maxAudioHours = 1;
