import {
  assembleTranscript,
  type JobRecord,
  modelsOf,
  ObjectMissing,
  readHeardChunks,
  type StoredPart,
  type Transcript,
} from '@verbatim/domain';
import { Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';

/** What the chunks that are done say, with a gap for each that is not; empty for a job that is not cut. @throws Refused */
export async function transcriptSoFar(job: JobRecord, ports: Pick<JobPorts, 'objects'>): Promise<Transcript> {
  const parts = await heardSoFar(job, ports);
  const { model, modelWarning } = modelsOf(parts) ?? { model: 'unknown', modelWarning: null };
  const { durationSeconds, truncated, detectedLanguage } = job;
  const facts = { durationSeconds: durationSeconds ?? 0, truncated, model, modelWarning, detectedLanguage };
  const transcript = assembleTranscript(parts, facts);
  // Who knows what is still to come.
  const warnings = transcript.warnings.filter((warning) => warning !== 'no_speech');
  return { ...transcript, complete: false, warnings, options: job.options };
}

async function heardSoFar(job: JobRecord, { objects }: Pick<JobPorts, 'objects'>): Promise<StoredPart[]> {
  try {
    return await readHeardChunks(job, { objects });
  } catch (error) {
    // The job has ended since it was looked up, and its pieces are tidied away: the next request sees that.
    if (error instanceof ObjectMissing) throw new Refused('job.not_finished', { retryAfterSeconds: 1 });
    throw error;
  }
}
