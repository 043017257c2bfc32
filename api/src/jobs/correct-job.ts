import { isDeepStrictEqual } from 'node:util';
import {
  corrected,
  correctTranscript,
  type JobRecord,
  newestVersionOf,
  ObjectExists,
  plainText,
  renderTranscript,
  type Transcript,
  transcriptKeyOf,
  versionOfCorrection,
} from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import { getJob } from './get-job.ts';
import { finishedResultOf, readTranscript } from './get-transcript.ts';
import type { JobPorts } from './job-ports.ts';
import { type TranscriptVersion, transcriptVersions } from './transcript-versions.ts';

export interface AskedCorrection {
  /** By the ids of segments; the others stay as they are in the version that was corrected. */
  texts: ReadonlyMap<number, string>;
  /** By what they are called in the version that was corrected; the others stay. Empty: as the engine called them. */
  names: ReadonlyMap<string, string>;
  /** The header: ETags of what the client saw. */
  ifMatch: string | undefined;
}

type Ports = Pick<JobPorts, 'jobs' | 'objects' | 'clock'>;

/** Hours of speech are less than a tenth of it. */
const mostLetters = 5_000_000;

/**
 * Saves a correction as the newest version: first its files, under a name that nobody had, then one conditional write says
 * that it counts. Of two who corrected the same version one is told so. @throws Refused
 */
export async function correctJob(
  jobId: string,
  { ifMatch, ...asked }: AskedCorrection,
  caller: Caller,
  ports: Ports,
): Promise<{ name: string; version: TranscriptVersion }> {
  const job = await getJob(jobId, caller, ports);
  const original = finishedResultOf(job).version;
  const newest = newestVersionOf(job) ?? original;
  if (ifMatch === undefined) throw new Refused('transcript.if_match_missing');
  if (!versionsIn(ifMatch).includes(newest) && ifMatch.trim() !== '*')
    throw new Refused('transcript.changed');

  const heard = await readTranscript(job, original, ports);
  const before = newest === original ? heard : await readTranscript(job, newest, ports);
  const after = correctTranscript(heard, {
    texts: textsAfter(before, asked.texts),
    names: namesAfter(heard, before, asked.names),
  });
  if (after.text.length > mostLetters) throw badCorrection('The corrected text is too long.');
  if (isDeepStrictEqual(after.segments, before.segments)) return saved(job);
  const version = await storeVersion(job, after, ports);
  return saved(await countVersion(job, version, caller, ports));
}

/** Strong ETags only (RFC 9110, section 8.8.3.2): what stands before the format is the version. */
function versionsIn(ifMatch: string): string[] {
  return [...ifMatch.matchAll(/(?<!W\/)"([^".]+)[^"]*"/g)].map(([, version]) => version ?? '');
}

function textsAfter(before: Transcript, texts: ReadonlyMap<number, string>): Map<number, string> {
  const all = new Map(before.segments.map(({ id, text }) => [id, text]));
  for (const [id, text] of texts) {
    if (!all.has(id)) throw badCorrection(`The transcript has no segment ${id}.`);
    all.set(id, text);
  }
  return all;
}

/** By what the engine called them. No two have the same name: from then on nobody could tell them apart. */
function namesAfter(
  heard: Transcript,
  before: Transcript,
  names: ReadonlyMap<string, string>,
): Map<string, string> {
  const all = new Map<string, string>();
  const unknown = new Set(names.keys());
  for (const [index, { speaker }] of heard.segments.entries()) {
    if (speaker === null) continue;
    const name = before.segments[index]?.speaker ?? speaker;
    unknown.delete(name);
    all.set(speaker, plainText(names.get(name) ?? name) || speaker);
  }
  if (unknown.size > 0) throw badCorrection('The transcript has no speaker who is called so.');
  if (new Set(all.values()).size < all.size) throw new Refused('transcript.name_taken');
  return all;
}

function badCorrection(detail: string): Refused {
  return new Refused('transcript.bad_correction', { detail });
}

/** Answers the number of the version. A number that is taken was somebody's who is saving now, or who never came to count. */
async function storeVersion(job: JobRecord, transcript: Transcript, { objects }: Ports): Promise<number> {
  const put = (number: number, format: 'json' | 'txt') => {
    const { contentType, body } = renderTranscript(transcript, format);
    const key = transcriptKeyOf(job, versionOfCorrection({ number }), format);
    return objects.put('transcripts', key, Buffer.from(body), { contentType, ifAbsent: format === 'json' });
  };
  for (let number = (job.corrections?.at(-1)?.number ?? 0) + 1; ; number++) {
    try {
      await put(number, 'json');
    } catch (error) {
      if (error instanceof ObjectExists) continue;
      throw error;
    }
    // The number is ours from here on.
    await put(number, 'txt');
    return number;
  }
}

async function countVersion(
  job: JobRecord,
  number: number,
  caller: Caller,
  ports: Ports,
): Promise<JobRecord> {
  const change = corrected(job, { number, at: ports.clock.now(), by: caller.keyName });
  const written = await ports.jobs.change(job.jobId, change);
  // Refused, but perhaps only because the answer to our own first write was lost.
  const now = written ?? (await ports.jobs.get(job.jobId));
  const isOurs = now?.corrections?.some((correction) => correction.number === number) ?? false;
  if (!now || !isOurs) {
    await removeVersion(job, number, ports);
    // Deleted meanwhile, or no longer kept.
    finishedResultOf(await getJob(job.jobId, caller, ports));
    throw new Refused('transcript.changed');
  }
  const left = new Set(now.corrections?.map((correction) => correction.number));
  const letGo = (job.corrections ?? []).filter((correction) => !left.has(correction.number));
  await Promise.all(letGo.map((correction) => removeVersion(job, correction.number, ports)));
  return now;
}

/** Nothing names it. What can't be removed now goes with the job. */
async function removeVersion(job: JobRecord, number: number, { objects }: Ports): Promise<void> {
  const key = transcriptKeyOf(job, versionOfCorrection({ number }), 'json');
  await objects.deletePrefix('transcripts', key.slice(0, key.lastIndexOf('/') + 1)).catch(() => {});
}

function saved(job: JobRecord): { name: string; version: TranscriptVersion } {
  const [version] = transcriptVersions(job);
  const name = newestVersionOf(job);
  if (!version || name === null) throw new Error(`job ${job.jobId} has no version of its transcript`);
  return { name, version };
}
