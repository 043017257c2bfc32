import { joinSentences } from '../plain-text.ts';
import type { Transcript } from '../transcript.ts';
import { correctSegment } from './correct-segment.ts';

export interface TranscriptCorrections {
  /** By the ids of segments. */
  texts: ReadonlyMap<number, string>;
  /** By what the engine called the speakers. */
  names: ReadonlyMap<string, string>;
}

/**
 * What was heard, with other texts for some of its segments and names for its speakers. Ids and times of segments stay; a
 * segment that was emptied stays too, without words, so that it can be filled again. What the whole says of itself
 * (confidence, model, warnings) is about what was heard and stays as it is.
 */
export function correctTranscript(heard: Transcript, { texts, names }: TranscriptCorrections): Transcript {
  const segments = heard.segments.map((segment) => {
    const text = texts.get(segment.id);
    const corrected = text === undefined ? segment : correctSegment(segment, text);
    const name = segment.speaker === null ? undefined : names.get(segment.speaker);
    return name === undefined ? corrected : { ...corrected, speaker: name };
  });
  const spoken = segments.map(({ text }) => text).filter((text) => text !== '');
  return { ...heard, text: joinSentences(spoken), segments };
}
