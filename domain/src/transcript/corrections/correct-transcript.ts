import { joinSentences } from '../plain-text.ts';
import type { Transcript } from '../transcript.ts';
import { correctSegment } from './correct-segment.ts';

/**
 * What was heard, with other texts for some of its segments, by their ids. Ids, times of segments and speakers stay; a
 * segment that was emptied stays too, without words, so that it can be filled again. What the whole says of itself
 * (confidence, model, warnings) is about what was heard and stays as it is.
 */
export function correctTranscript(heard: Transcript, texts: ReadonlyMap<number, string>): Transcript {
  const segments = heard.segments.map((segment) => {
    const text = texts.get(segment.id);
    return text === undefined ? segment : correctSegment(segment, text);
  });
  const spoken = segments.map(({ text }) => text).filter((text) => text !== '');
  return { ...heard, text: joinSentences(spoken), segments };
}
