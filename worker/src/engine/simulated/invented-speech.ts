import { createHash } from 'node:crypto';
import type { AnswerSegment } from '../answer/whisper-answer.ts';

interface Tongue {
  /** Said first in every stretch of audio: nobody may take the rest for what was said. */
  plainly: string[];
  words: string[];
}

const english: Tongue = {
  plainly: ['Simulated', 'text.'],
  words: (
    'the a of and to in we they market river garden letter morning number window teacher paper winter colour story ' +
    'bridge answer music table friend house light water street summer before after slowly often never early late finds ' +
    'keeps brings opens writes hears counts carries follows small green quiet bright narrow open'
  ).split(' '),
};
const spanish: Tongue = {
  plainly: ['Texto', 'simulado.'],
  words: (
    'el la de y en un una con por mercado jardín carta mañana número ventana puente historia música mesa amigo casa luz ' +
    'agua calle verano invierno papel color respuesta antes después despacio siempre nunca temprano tarde encuentra ' +
    'guarda trae abre escribe oye cuenta lleva sigue pequeño verde tranquilo claro estrecho abierto'
  ).split(' '),
};

const wordsPerSecond = 2.5;
const pauseSeconds = 0.4;

/** What whisper-server might answer. The same seed, audio and language always give the same, to the last digit. */
export function inventSpeech(
  audio: Uint8Array,
  asked: { durationSeconds: number; seed: string; language: string | null },
): { segments: AnswerSegment[]; detected: { language: 'en' | 'es'; probability: number } } {
  const random = randomNumbers(createHash('sha256').update(`${asked.seed} speech `).update(audio).digest());
  const englishShare = random();
  const detected =
    englishShare > 0.5
      ? { language: 'en' as const, probability: englishShare }
      : { language: 'es' as const, probability: 1 - englishShare };
  const { plainly, words } = (asked.language ?? detected.language) === 'es' ? spanish : english;

  const segments: AnswerSegment[] = [];
  let start = 0;
  for (let sentence = plainly; start < asked.durationSeconds; sentence = inventSentence(words, random)) {
    const segment = spoken(sentence, start, asked.durationSeconds, random);
    segments.push(segment);
    start = segment.end + pauseSeconds;
  }
  return { segments, detected };
}

function inventSentence(words: string[], random: () => number): string[] {
  const length = 4 + Math.floor(6 * random());
  const sentence = Array.from({ length }, () => words[Math.floor(words.length * random())] ?? '');
  const [first = '', ...rest] = sentence;
  const last = rest.pop() ?? '';
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest, `${last}.`];
}

/** Words one after the other; those that would begin after the end are never said. */
function spoken(words: string[], from: number, end: number, random: () => number): AnswerSegment {
  const tokens: AnswerSegment['words'] = [];
  let start = from;
  for (const word of words) {
    if (start >= end) break;
    const wordEnd = Math.min(end, start + (0.5 + random()) / wordsPerSecond);
    tokens.push({ word: ` ${word}`, start, end: wordEnd, probability: 0.6 + 0.4 * random() });
    start = wordEnd;
  }
  return { text: tokens.map(({ word }) => word).join(''), start: from, end: start, words: tokens };
}

/** From 0 up to 1, the same for the same digest: Park and Miller's minimal standard generator (CACM 31, 1988; 48271). */
function randomNumbers(digest: Buffer): () => number {
  let state = (digest.readUInt32BE(0) % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}
