import { z } from 'zod';
import type { JobWarning, ModelWarning } from '../job/job-record.ts';
import { joinSentences } from './plain-text.ts';
import { type Transcript, TranscriptSegment } from './transcript.ts';

/** What an engine heard in one stretch of audio; times count from its own start. Stored for each chunk until all are there. */
export const HeardChunk = z.object({
  /** One of Whisper's codes; `und` where nothing was said. */
  language: z.string(),
  languageProbability: z.number().nullable(),
  segments: z.array(TranscriptSegment.omit({ id: true, speaker: true })),
  repetitionsCollapsed: z.boolean().optional(),
  /** 0 to 1: how much of it was no speech. */
  silenceShare: z.number().optional(),
  /** Of the engine, where the system tells. */
  cpuSeconds: z.number().optional(),
});
export type HeardChunk = z.infer<typeof HeardChunk>;

export interface Part {
  startSeconds: number;
  durationSeconds: number;
  /** From 0, where each channel is a speaker; null: all of them mixed. */
  channel: number | null;
  heard: HeardChunk;
}

interface Facts {
  durationSeconds: number;
  /** The file ends too early. */
  truncated: boolean;
  model: string;
  modelWarning: ModelWarning | null;
  detectedLanguage: { code: string; probability: number | null } | null;
}

/** Below it a reader should be told: the engine guessed at much of the text. */
const lowConfidence = 0.5;

/**
 * One transcript out of what was heard in the parts: their times shifted onto the recording's own, in the order in which
 * things were said. The same parts give the same transcript, in whatever order they come.
 */
export function assembleTranscript(parts: Part[], facts: Facts): Transcript {
  const segments = parts
    .flatMap(({ heard, startSeconds, channel }) =>
      heard.segments.map((segment) => ({
        ...shifted(segment, startSeconds, facts.durationSeconds),
        speaker: channel === null ? null : `Speaker ${channel + 1}`,
      })),
    )
    .toSorted(
      (a, b) => a.start - b.start || a.end - b.end || (String(a.speaker) < String(b.speaker) ? -1 : 1),
    )
    .map((segment, id): TranscriptSegment => ({ id, ...segment }));
  const { language, languageProbability } = languageOf(parts, facts);
  const confidence = confidenceOf(segments);
  return {
    version: 1,
    complete: true,
    text: joinSentences(segments.map(({ text }) => text)),
    language,
    languageProbability,
    durationSeconds: facts.durationSeconds,
    confidence,
    model: facts.model,
    segments,
    warnings: warningsOf(parts, segments, confidence, facts),
  };
}

type HeardSegment = HeardChunk['segments'][number];

/** To the millisecond, so that sums of fractions don't show; never past the end. */
function shifted(segment: HeardSegment, bySeconds: number, end: number): HeardSegment {
  const at = (seconds: number) => Math.min(end, Number((seconds + bySeconds).toFixed(3)));
  const moved = <T extends { start: number; end: number }>(timed: T): T => ({
    ...timed,
    start: at(timed.start),
    end: at(timed.end),
  });
  return { ...moved(segment), words: segment.words.map(moved) };
}

/** What the beginning was found to be spoken in, else what the first part with words in it says. */
function languageOf(parts: Part[], { detectedLanguage }: Facts) {
  if (detectedLanguage) {
    return { language: detectedLanguage.code, languageProbability: detectedLanguage.probability };
  }
  const inOrder = parts.toSorted((a, b) => a.startSeconds - b.startSeconds);
  const spoken = inOrder.find(({ heard }) => heard.segments.length > 0) ?? inOrder[0];
  return {
    language: spoken?.heard.language ?? 'und',
    languageProbability: spoken?.heard.languageProbability ?? null,
  };
}

/** The segments' confidence weighted by their duration; 0 where nothing was said. */
function confidenceOf(segments: TranscriptSegment[]): number {
  const seconds = segments.reduce((sum, { start, end }) => sum + (end - start), 0);
  if (seconds === 0) return 0;
  return segments.reduce((sum, { start, end, confidence }) => sum + (end - start) * confidence, 0) / seconds;
}

function warningsOf(
  parts: Part[],
  segments: TranscriptSegment[],
  confidence: number,
  { modelWarning, truncated }: Facts,
): JobWarning[] {
  const warnings: JobWarning[] = [];
  if (modelWarning) warnings.push(modelWarning);
  if (segments.length === 0) warnings.push('no_speech');
  else if (confidence < lowConfidence) warnings.push('low_confidence');
  if (parts.some(({ heard }) => heard.repetitionsCollapsed)) warnings.push('repetition');
  if (truncated) warnings.push('truncated');
  return warnings;
}
