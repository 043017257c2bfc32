import type { Transcript, TranscriptSegment } from '../transcript/transcript.ts';
import { aTranscript } from './builders.ts';

/** What transcripts hold, and what someone could make them hold to fool a reader of one format or another. */
const vocabularies: Record<string, string[]> = {
  en: 'I so the a of and because went home, yesterday? Yes. No! extraordinarily “quoted” (aside) 3.5 Mr. well-known'.split(
    ' ',
  ),
  fr: ['Quoi', '?', '«', 'Bonjour', '»', "l'homme", 'et', 'la', 'maison.', 'voilà', ':', 'déjà,'],
  ar: ['مرحبا', 'بالعالم،', 'كيف', 'حالك؟', 'الحمد', 'لله.'],
  ja: ['今日は', '天気', 'が', 'いい', 'ので、', '「公園」', 'へ', '行きました。', 'コーヒー', 'GitHub'],
  hostile: [
    ...[
      '-->',
      '00:00:01,000 --> 00:00:02,000',
      '<script>alert(1)</script>',
      '<b>',
      '</v>',
      '&amp;',
      '&',
      '{\\an8}',
      '\0',
    ],
    ...[
      '1\n00:00',
      'a\n\nb',
      'a\r\n\r\nb',
      '\u2028',
      '\u0085',
      '\u202Ereversed',
      '=1+1',
      '@SUM(A1)',
      '"open',
      '👩‍👩‍👧‍👦',
      '🇪🇸',
      'NOTE',
      'STYLE',
    ],
    ...[
      'WEBVTT',
      '',
      '   ',
      '\u001b[31m',
      'x'.repeat(200),
      '漢'.repeat(60),
      '[link](javascript:alert(1))',
      '# no',
      '`code`',
      '\ud800',
    ],
  ],
};

/** The same for the same seed. Speakers may talk at once; words may have no length, no times, or not spell the text. */
export function randomTranscript(seed: number): Transcript {
  const random = randomNumbers(seed);
  const pick = <T>(things: T[]): T => things[Math.floor(random() * things.length)] as T;
  const language = pick(Object.keys(vocabularies));
  const vocabulary = vocabularies[language] ?? [];
  const speakers = pick([
    [null],
    [null],
    ['Ana', 'Ben'],
    ['<v>&', 'A name that is much too long for a label', '漢字'],
  ]);
  const free = new Map<string | null, number>();
  const segments: TranscriptSegment[] = [];
  let now = 0;
  for (let id = 0; id < 30; id += 1) {
    const speaker = pick<string | null>(speakers);
    const start = Math.max(now, free.get(speaker) ?? 0);
    const words = Array.from({ length: 1 + Math.floor(random() ** 2 * 60) }, () => pick(vocabulary));
    const length = pick([0, 0.1, 1, 1]) * words.length * (0.1 + random() * 0.5);
    segments.push(
      segmentOf({ id, speaker, start, end: start + length }, words, language === 'ja' ? '' : ' ', pick),
    );
    free.set(speaker, start + length);
    now = start + length * pick([0.3, 1, 1]) + pick([0, 0, 0.3, 1.2, 6]);
  }
  const durationSeconds = Math.max(...segments.map(({ end }) => end));
  return {
    ...aTranscript([]),
    language: language === 'hostile' ? 'en' : language,
    segments,
    durationSeconds,
  };
}

function segmentOf(
  segment: Pick<TranscriptSegment, 'id' | 'speaker' | 'start' | 'end'>,
  words: string[],
  space: string,
  pick: <T>(things: T[]) => T,
): TranscriptSegment {
  const seconds = (segment.end - segment.start) / words.length;
  const timed = words.map((word, index) => ({
    word,
    start: segment.start + index * seconds,
    end: segment.start + (index + pick([1, 1, 0.5, 0])) * seconds,
    confidence: 0.9,
  }));
  const text = words.join(space);
  const told = pick([timed, timed, timed, [], timed.map((word) => ({ ...word, word: `${word.word}~` }))]);
  return { ...segment, text, confidence: 0.9, words: told };
}

/** Mulberry32: small, and even enough for tests. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
