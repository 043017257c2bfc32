import type { JobRecord, Transcript } from '@verbatim/domain';
import { aJob, aTranscript } from '@verbatim/domain/testing';
import type { FakePlatform } from './test-app.ts';

/** A job of ana's that is COMPLETED, in the table and with its transcript in storage. */
export async function finishedJob(
  platform: FakePlatform,
  over: Partial<JobRecord> = {},
  transcript: Transcript = aTranscript([{ start: 0, end: 1, text: 'Hola, ¿qué tal?' }]),
) {
  const job = aJob({
    userId: 'ana',
    status: 'COMPLETED',
    fileName: 'reunión.mp3',
    durationSeconds: 4,
    ...over,
  });
  const transcriptKey = `ana/${job.jobId}/r1-1/transcript.json`;
  const result = {
    version: 'r1-1',
    transcriptKey,
    language: 'es',
    confidence: 0.9,
    model: 'm',
    warnings: [],
    measures: null,
  };
  await platform.jobs.create({ ...job, result });
  await platform.objects.put('transcripts', transcriptKey, Buffer.from(JSON.stringify(transcript)), {
    contentType: 'application/json',
  });
  return { job, transcript };
}
