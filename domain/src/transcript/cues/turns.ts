import { joinsWithoutSpace, plainText } from '../plain-text.ts';
import { type Transcript, type TranscriptSegment, textLanguageOf } from '../transcript.ts';
import { type CueWord, lineWidth } from './cue-word.ts';
import { displayWidth } from './display-width.ts';
import { timeWords } from './time-words.ts';

/** What one speaker says without a longer silence. A cue holds words of one turn only. */
export interface Turn {
  speaker: string | null;
  words: CueWord[];
}

/** A silence this long ends a turn: nothing waits on screen for words that come so much later. */
const silenceSeconds = 1;

/** In the order in which they begin. The first turn of each speaker in a row begins with a label. */
export function turnsOf(transcript: Transcript): Turn[] {
  const language = textLanguageOf(transcript);
  const turns: Turn[] = [];
  for (const part of partsInOrder(transcript.segments, language)) {
    const turn = turns.at(-1);
    if (turn && turn.speaker === part.speaker && goesOn(turn, part)) append(turn, part);
    else turns.push(part);
  }
  return turns.map((turn, index) =>
    turn.speaker === (turns[index - 1]?.speaker ?? null) ? turn : labelled(turn),
  );
}

/** Where two speak at once, the longer speech is cut where the other one begins. */
function partsInOrder(segments: TranscriptSegment[], language: string): Turn[] {
  const inOrder = segments.toSorted((a, b) => a.start - b.start);
  const parts = inOrder.flatMap((segment, index) => {
    const cuts: number[] = [];
    for (
      let later = index + 1;
      (inOrder[later]?.start ?? Number.POSITIVE_INFINITY) < segment.end;
      later += 1
    ) {
      const other = inOrder[later];
      if (other && other.speaker !== segment.speaker) cuts.push(other.start);
    }
    return cutAt(cuts, { speaker: segment.speaker, words: timeWords(segment, language) });
  });
  return parts.sort((a, b) => startOf(a) - startOf(b));
}

function cutAt(cuts: number[], turn: Turn): Turn[] {
  const parts: Turn[] = [];
  let cut = 0;
  for (const word of turn.words) {
    const part = parts.at(-1);
    const before = cut;
    while ((cuts[cut] ?? Number.POSITIVE_INFINITY) <= word.start) cut += 1;
    if (part && cut === before) part.words.push(word);
    else parts.push({ speaker: turn.speaker, words: [word] });
  }
  return parts;
}

function startOf(turn: Turn): number {
  return turn.words[0]?.start ?? 0;
}

function goesOn(turn: Turn, next: Turn): boolean {
  return startOf(next) - (turn.words.at(-1)?.end ?? 0) < silenceSeconds;
}

/** Segments of one speaker may overlap a little: what comes later starts no earlier. */
function append(turn: Turn, next: Turn): void {
  const last = turn.words.at(-1);
  const [first] = next.words;
  if (last && first && joinsWithoutSpace(last.text, first.text)) first.spaced = false;
  let latest = last?.start ?? 0;
  for (const word of next.words) {
    latest = Math.max(latest, word.start);
    word.start = latest;
    word.end = Math.max(latest, word.end);
    turn.words.push(word);
  }
}

/** A name takes half a line at most. */
const longestName = Math.floor(lineWidth / 2) - 1;

function labelled(turn: Turn): Turn {
  const name = shortened(plainText(turn.speaker ?? ''));
  const [first] = turn.words;
  if (name === '' || !first) return turn;
  const text = `${name}:`;
  const label: CueWord = {
    ...{ text, spaced: true, width: displayWidth(text), isLabel: true },
    ...{ start: first.start, end: first.start },
  };
  return { ...turn, words: [label, { ...first, spaced: true }, ...turn.words.slice(1)] };
}

function shortened(name: string): string {
  if (displayWidth(name) <= longestName) return name;
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.slice(0, 200))];
  let short = '';
  for (const { segment } of letters) {
    if (displayWidth(short + segment) >= longestName) break;
    short += segment;
  }
  return `${short.trim()}…`;
}
