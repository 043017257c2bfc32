import type { JobWarning, Transcript, TranscriptSegment } from '@verbatim/domain';
import type { EngineSegment } from '../engine/transcription-engine.ts';
import type { ChunkTranscript } from '../transcribe-chunk.ts';
import type { WorkerPorts } from '../worker-ports.ts';

/** Puts the chunks together in order and shifts their times onto the recording's own. */
export function assembleTranscript(
  parts: ChunkTranscript[],
  durationSeconds: number,
  { engine, demoModel }: Pick<WorkerPorts, 'engine' | 'demoModel'>,
): Transcript {
  const inOrder = parts.toSorted((a, b) => a.chunk.index - b.chunk.index);
  const segments = inOrder
    .flatMap(({ chunk, heard }) => heard.segments.map((segment) => shifted(segment, chunk.startSeconds)))
    .map((segment, id): TranscriptSegment => ({ id, speaker: null, ...segment }));
  const spoken = inOrder.find(({ heard }) => heard.segments.length > 0) ?? inOrder[0];

  const warnings: JobWarning[] = [];
  if (demoModel) warnings.push('demo_model');
  if (segments.length === 0) warnings.push('no_speech');
  return {
    version: 1,
    text: segments.map(({ text }) => text).join(' '),
    language: spoken?.heard.language ?? 'und',
    languageProbability: spoken?.heard.languageProbability ?? null,
    durationSeconds,
    confidence: confidenceOf(segments),
    model: engine.model,
    segments,
    warnings,
  };
}

function shifted(segment: EngineSegment, bySeconds: number): EngineSegment {
  const at = (seconds: number) => Number((seconds + bySeconds).toFixed(3));
  return {
    ...segment,
    start: at(segment.start),
    end: at(segment.end),
    words: segment.words.map((word) => ({ ...word, start: at(word.start), end: at(word.end) })),
  };
}

/** The segments' confidence weighted by their duration; 0 where nothing was said. */
function confidenceOf(segments: TranscriptSegment[]): number {
  const seconds = segments.reduce((sum, { start, end }) => sum + (end - start), 0);
  if (seconds === 0) return 0;
  const weighted = segments.reduce((sum, { start, end, confidence }) => sum + (end - start) * confidence, 0);
  return weighted / seconds;
}
