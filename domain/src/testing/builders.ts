import { createdJob } from '../job/created-job.ts';
import { defaultJobTimes } from '../job/job-changes.ts';
import { newJobId } from '../job/job-ids.ts';
import type { JobRecord } from '../job/job-record.ts';
import { defaultTranscriptionOptions } from '../job/transcription-options.ts';
import type { Transcript } from '../transcript/transcript.ts';

/** A job as it stands right after its creation; a test names only what it is about. */
export function aJob(over: Partial<JobRecord> = {}): JobRecord {
  const createdAt = over.createdAt ?? 1_800_000_000_000;
  const job = createdJob(
    {
      jobId: over.jobId ?? newJobId(createdAt),
      userId: over.userId ?? 'ana',
      fileName: 'meeting.mp3',
      contentType: 'audio/mpeg',
      extension: 'mp3',
      sizeBytes: 1_000,
      options: defaultTranscriptionOptions,
      notifyTo: null,
      uploadMs: 15 * 60_000,
    },
    createdAt,
    defaultJobTimes,
  );
  return { ...job, ...over };
}

/** A transcript of sentences; the words of each share its time equally. */
export function aTranscript(
  sentences: { start: number; end: number; text: string; speaker?: string | null }[],
  over: Partial<Transcript> = {},
): Transcript {
  return {
    version: 1,
    complete: true,
    text: sentences.map(({ text }) => text).join(' '),
    language: 'en',
    languageProbability: 0.99,
    durationSeconds: sentences.at(-1)?.end ?? 0,
    confidence: 0.9,
    model: 'demo',
    segments: sentences.map((sentence, id) => ({
      speaker: null,
      ...sentence,
      id,
      confidence: 0.9,
      words: evenlyTimed(sentence),
    })),
    warnings: [],
    ...over,
  };
}

function evenlyTimed({ start, end, text }: { start: number; end: number; text: string }) {
  const words = text.split(' ');
  const seconds = (end - start) / words.length;
  return words.map((word, index) => ({
    word,
    start: start + index * seconds,
    end: start + (index + 1) * seconds,
    confidence: 0.9,
  }));
}
