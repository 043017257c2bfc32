import {
  type JobRecord,
  ObjectExists,
  renderTranscript,
  type Transcript,
  transcriptKeyOf,
} from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';

export interface StoredTranscript {
  /** `r{run}-{fence}`: nobody else ever writes under it. */
  version: string;
  transcriptKey: string;
}

/** json and txt beside each other; which version counts is the record's to say. */
export async function storeTranscript(
  job: JobRecord,
  transcript: Transcript,
  signal: AbortSignal,
  ports: WorkerPorts,
): Promise<StoredTranscript> {
  const version = `r${job.run}-${job.fence}`;
  for (const format of ['txt', 'json'] as const) {
    const { contentType, body } = renderTranscript(transcript, format);
    try {
      const key = transcriptKeyOf(job, version, format);
      await ports.objects.put('transcripts', key, new TextEncoder().encode(body), {
        contentType,
        ifAbsent: true,
        signal,
      });
    } catch (error) {
      // Our own put, whose answer was lost and which was tried again.
      if (!(error instanceof ObjectExists)) throw error;
    }
  }
  return { version, transcriptKey: transcriptKeyOf(job, version, 'json') };
}
