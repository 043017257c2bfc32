import { setTimeout as sleep } from 'node:timers/promises';
import type { Transcript } from '@verbatim/domain';
import {
  type ChunkHistory,
  type ChunksAcrossKill,
  chunkHistories,
  chunksAcrossKill,
} from '../drivers/chunk-history.ts';
import type { LogLine, LogLines } from '../drivers/log-lines.ts';
import { isRunning } from '../drivers/processes.ts';
import type { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import type { Aim, PlannedKill } from './kill-plan.ts';

/** An hour of audio on one busy core is far below it. */
const patienceMs = 15 * 60_000;

/** What a job was like whose worker nobody killed. */
export interface CalmRun {
  transcript: Transcript;
  chunks: ChunkHistory[];
  /** From its claim until its recording was cut. */
  readingSeconds: number;
  /** From its claim to its end. */
  seconds: number;
}

export interface KilledRun extends ChunksAcrossKill {
  aim: Aim;
  /** What the job was at in that moment, by its log. */
  hitWhile: Aim | 'done';
  killedAfterSeconds: number;
  /** From the kill until a chunk, or the job, was claimed again. */
  backAfterSeconds: number | null;
  /** From its first claim to its end. */
  seconds: number;
  chunks: ChunkHistory[];
  transcript: Transcript;
  attempt: number;
  mails: number;
}

export async function calmRun(verbatim: Verbatim, recording: string): Promise<CalmRun> {
  const jobId = await begun(verbatim, recording);
  await verbatim.client.waitUntil(jobId, 'COMPLETED', patienceMs);
  const lines = verbatim.log.of(jobId);
  const claimedAt = timeOf(lines, 'job.claimed');
  return {
    transcript: await verbatim.client.transcript(jobId),
    chunks: chunkHistories(lines),
    readingSeconds: (timeOf(lines, 'job.cut') - claimedAt) / 1000,
    seconds: (timeOf(lines, 'job.completed') - claimedAt) / 1000,
  };
}

export async function killedRun(
  verbatim: Verbatim,
  recording: string,
  { aim, at }: PlannedKill,
  calm: CalmRun,
): Promise<KilledRun> {
  const { client } = verbatim;
  const worker = verbatim.program('worker').pid;
  const jobId = await begun(verbatim, recording);
  await { reading: afterClaim, transcribing: afterShare, assembling: afterLastChunk }[aim](
    verbatim,
    jobId,
    at,
    calm,
  );
  process.kill(worker, 'SIGKILL');
  const killedAt = Date.now();
  await waitFor('the worker to be gone', () => !isRunning(worker));
  const { attempt } = await client.waitUntil(jobId, 'COMPLETED', patienceMs);
  await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');

  const lines = verbatim.log.of(jobId);
  const claimedAt = timeOf(lines, 'job.claimed');
  const next = lines.find(({ event, time }) => event?.endsWith('.claimed') && time > killedAt);
  const chunks = chunkHistories(lines);
  return {
    aim,
    hitWhile: stageAt(lines, killedAt, calm.chunks.length),
    killedAfterSeconds: (killedAt - claimedAt) / 1000,
    backAfterSeconds: next ? (next.time - killedAt) / 1000 : null,
    seconds: (timeOf(lines, 'job.completed') - claimedAt) / 1000,
    chunks,
    ...chunksAcrossKill(chunks, killedAt),
    transcript: await client.transcript(jobId),
    attempt,
    mails: (await verbatim.mails()).filter((mail) => mail.includes(jobId)).length,
  };
}

async function begun({ client }: Verbatim, recording: string): Promise<string> {
  const { jobId } = await client.upload(recording);
  await client.announceUpload(jobId);
  return jobId;
}

/** While the recording is fetched, decoded, measured, cut and its pieces are stored. */
async function afterClaim({ log }: Verbatim, jobId: string, at: number, calm: CalmRun): Promise<void> {
  await logged(log, jobId, ({ event }) => event === 'job.claimed');
  await sleep(1000 * at * calm.readingSeconds);
}

/** When so much of the audio was heard. */
async function afterShare({ log, client }: Verbatim, jobId: string, at: number): Promise<void> {
  await logged(log, jobId, ({ event }) => event === 'job.cut');
  await waitFor(
    'the share of the audio to be heard',
    async () => {
      const { status, progress } = await client.job(jobId);
      const { audioSecondsDone, audioSecondsTotal } = progress;
      return status === 'COMPLETED' || audioSecondsDone >= at * (audioSecondsTotal ?? 0);
    },
    { withinMs: patienceMs },
  );
}

/** Between the last chunk and the transcript there are only milliseconds: at once. */
async function afterLastChunk({ log }: Verbatim, jobId: string, _: number, calm: CalmRun): Promise<void> {
  const done = new Set<number>();
  await logged(log, jobId, ({ event, chunk }) => {
    if (event === 'chunk.completed' && chunk !== undefined) done.add(chunk);
    return done.size === calm.chunks.length;
  });
}

/** Resolves when such a line of the job was logged already, or in the moment in which it is. */
function logged(log: LogLines, jobId: string, isIt: (line: LogLine) => boolean): Promise<void> {
  if (log.of(jobId).some(isIt)) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = log.listen((line) => {
      if (line.jobId !== jobId || !isIt(line)) return;
      stop();
      resolve();
    });
  });
}

function stageAt(lines: LogLine[], killedAt: number, chunksTotal: number): KilledRun['hitWhile'] {
  const before = lines.filter(({ time }) => time <= killedAt);
  if (before.some(({ event }) => event === 'job.completed')) return 'done';
  if (!before.some(({ event }) => event === 'job.cut')) return 'reading';
  const done = chunkHistories(before).filter(({ doneAt }) => doneAt !== null);
  return done.length === chunksTotal ? 'assembling' : 'transcribing';
}

function timeOf(lines: LogLine[], event: string): number {
  const line = lines.find((candidate) => candidate.event === event);
  if (!line) throw new Error(`nothing was logged as ${event}`);
  return line.time;
}
