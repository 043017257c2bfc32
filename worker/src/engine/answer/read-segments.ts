import type { EngineSegment } from '../transcription-engine.ts';
import { joinWords } from './join-words.ts';
import type { AnswerSegment } from './whisper-answer.ts';
import { between, wholeMs, wordsInOrder } from './words-in-order.ts';

/** What is said this often in a row, word for word, is a loop of the engine. */
const loopLength = 3;

/** The segments as people may have them: words whole, times within the audio and in order, loops made one. */
export function readSegments(
  answered: AnswerSegment[],
  audio: { durationSeconds: number; textLanguage: string },
): { segments: EngineSegment[]; repetitionsCollapsed: boolean } {
  const spoken = answered.filter(({ text }) => text.trim() !== '');
  const once = withoutLoops(spoken);
  let earliest = 0;
  const segments = once.map((segment) => {
    const start = wholeMs(between(segment.start, earliest, audio.durationSeconds));
    const end = wholeMs(between(segment.end, start, audio.durationSeconds));
    earliest = end;
    return {
      start,
      end,
      text: segment.text.trim(),
      confidence: geometricMean(segment.words.map(({ probability }) => probability)),
      words: wordsInOrder(joinWords(segment.words, audio.textLanguage), start, end),
    };
  });
  return { segments, repetitionsCollapsed: once.length < spoken.length };
}

/** Keeps the first of three or more that say the same. */
function withoutLoops(segments: AnswerSegment[]): AnswerSegment[] {
  const kept: AnswerSegment[] = [];
  for (let first = 0; first < segments.length; ) {
    let next = first + 1;
    while (next < segments.length && segments[next]?.text.trim() === segments[first]?.text.trim()) next += 1;
    kept.push(...segments.slice(first, next - first >= loopLength ? first + 1 : next));
    first = next;
  }
  return kept;
}

function geometricMean(values: number[]): number {
  if (values.length === 0) return 0;
  const logarithms = values.reduce((sum, value) => sum + Math.log(Math.max(value, 1e-9)), 0);
  return Math.exp(logarithms / values.length);
}
