import { z } from 'zod';
import { JobWarnings } from '../job/job-record.ts';
import { TranscriptionOptions } from '../job/transcription-options.ts';

const Seconds = z.number().min(0);
/** 0 to 1: how sure the engine is. */
const Confidence = z.number().min(0).max(1);

export const TranscriptWord = z.object({
  word: z.string(),
  start: Seconds,
  end: Seconds,
  /** The mean probability of the word's tokens. */
  confidence: Confidence,
});
export type TranscriptWord = z.infer<typeof TranscriptWord>;

export const TranscriptSegment = z.object({
  id: z.number().int().min(0),
  start: Seconds,
  end: Seconds,
  text: z.string(),
  speaker: z.string().nullable(),
  /** The geometric mean of the probabilities of the segment's tokens. */
  confidence: Confidence,
  words: z.array(TranscriptWord),
});
export type TranscriptSegment = z.infer<typeof TranscriptSegment>;

/** What it took to make it. */
export const TranscriptTimings = z.object({
  /** From the claim of the job to the transcript, waits between its pieces included. */
  processingSeconds: Seconds,
  /** The same for each second of the recording. */
  realTimeFactor: z.number().min(0).nullable(),
  /** CPU time of the speech engine; null where the system does not tell. */
  engineCpuSeconds: Seconds.nullable(),
});
export type TranscriptTimings = z.infer<typeof TranscriptTimings>;

/** What is stored, served as json and rendered into every other format. Times are seconds from the start of the audio. */
export const Transcript = z
  .object({
    /** Of this schema; a reader refuses a version it does not know. */
    version: z.literal(1),
    /** False only of what is there so far of a job that still runs. */
    complete: z.boolean().default(true),
    text: z.string(),
    /** ISO 639-1 */
    language: z.string(),
    languageProbability: Confidence.nullable(),
    durationSeconds: Seconds,
    /** Over all segments, weighted by their duration. */
    confidence: Confidence,
    model: z.string(),
    segments: z.array(TranscriptSegment),
    warnings: JobWarnings,
    /** What was asked for. Absent from transcripts of before it was kept here. */
    options: TranscriptionOptions.optional(),
    /** Likewise, and while the job still runs. */
    timings: TranscriptTimings.optional(),
  })
  .meta({ id: 'Transcript' });
export type Transcript = z.infer<typeof Transcript>;

/** What its text is written in: a translation is English, whatever was spoken. */
export function textLanguageOf({ language, options }: Pick<Transcript, 'language' | 'options'>): string {
  return options?.task === 'translate' ? 'en' : language;
}
