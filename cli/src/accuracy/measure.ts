import { errorRate, type Transcript, type WordEdits, wordEdits } from '@verbatim/domain';
import { distance } from 'fastest-levenshtein';
import { type ComparedWord, type NormaliserName, normalise } from './normalise.ts';

/** How one recording was heard. */
export interface Measure extends Omit<WordEdits, 'heardRight'> {
  language: string;
  /** True words; letters in languages without spaces. */
  words: number;
  /** Of the true text, spaces between words included. */
  characters: number;
  characterEdits: number;
  /** Null where nothing is said. */
  wer: number | null;
  cer: number | null;
  /** Of each heard word; empty where the transcript's words don't add up to its text. */
  wordConfidences: { confidence: number; right: boolean }[];
}

export function measure(
  truth: string,
  transcript: Transcript,
  language: string,
  normaliser: NormaliserName,
): Measure {
  const said = normalise(truth, language, normaliser);
  const heard = normalise(transcript.text, language, normaliser);
  const { heardRight, ...edits } = wordEdits(said.map(wordOf), heard.map(wordOf));

  const [saidLine, heardLine] = [said, heard].map((words) => words.map(wordOf).join(' ')) as [string, string];
  const characterEdits = distance(saidLine, heardLine);
  const confidences = confidencesOf(heard, transcript);
  return {
    language,
    words: said.length,
    ...edits,
    characters: saidLine.length,
    characterEdits,
    wer: errorRate(edits),
    cer: saidLine.length === 0 ? null : characterEdits / saidLine.length,
    wordConfidences: confidences.map((confidence, index) => ({
      confidence,
      right: heardRight[index] ?? false,
    })),
  };
}

const wordOf = ({ word }: ComparedWord) => word;

/** The confidence of the transcript's word that each compared word lies in. */
function confidencesOf(heard: ComparedWord[], { text, segments }: Transcript): number[] {
  const ends: { to: number; confidence: number }[] = [];
  let at = 0;
  for (const { word, confidence } of segments.flatMap(({ words }) => words)) {
    const spelling = word.trim();
    at = text.indexOf(spelling, at);
    if (at < 0) return [];
    at += spelling.length;
    ends.push({ to: at, confidence });
  }
  let next = 0;
  const confidences: number[] = [];
  for (const { from } of heard) {
    while (next < ends.length && (ends[next]?.to ?? 0) <= from) next++;
    const word = ends[next];
    if (!word) return [];
    confidences.push(word.confidence);
  }
  return confidences;
}
