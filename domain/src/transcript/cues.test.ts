import { describe, expect, it } from 'vitest';
import { defaultTranscriptionOptions } from '../job/transcription-options.ts';
import { aTranscript } from '../testing/builders.ts';
import { randomTranscript } from '../testing/random-transcript.ts';
import { lineText, lineWidth } from './cues/cue-word.ts';
import { displayWidth } from './cues/display-width.ts';
import { type Cue, cuesOf } from './cues.ts';
import { plainText } from './plain-text.ts';
import type { Transcript } from './transcript.ts';

const linesOf = (transcript: Transcript) => cuesOf(transcript).map(({ lines }) => lines.map(lineText));
const said = (text: string, seconds: number, language = 'en') =>
  aTranscript([{ start: 0, end: seconds, text }], { language });

describe('the lines of cues', () => {
  it('keep to one line what fits into it', () => {
    expect(linesOf(said('Forty-two characters are the most for this', 3))).toEqual([
      ['Forty-two characters are the most for this'],
    ]);
  });

  it('break after punctuation and before little words, and are about equally long', () => {
    expect(linesOf(said('Though it was late, the two of them were still at the table.', 4))).toEqual([
      ['Though it was late,', 'the two of them were still at the table.'],
    ]);
    expect(linesOf(said('He slipped very quickly through the glass doors of the house', 4))).toEqual([
      ['He slipped very quickly', 'through the glass doors of the house'],
    ]);
    expect(linesOf(said('Quería comprar unas manzanas en la tienda de la esquina', 4, 'es'))).toEqual([
      ['Quería comprar unas manzanas', 'en la tienda de la esquina'],
    ]);
  });

  it('break a translation as English, whatever was spoken', () => {
    const text = 'He slipped very quickly through the glass doors of the house';
    const options = { ...defaultTranscriptionOptions, task: 'translate' as const };
    const spanish = { ...said(text, 4, 'es'), options };
    expect(linesOf(spanish)).toEqual(linesOf(said(text, 4)));
    expect(linesOf(spanish)).not.toEqual(linesOf(said(text, 4, 'es')));
  });

  it('give each long sentence a cue of its own', () => {
    const first = 'The hallway smelt of boiled cabbage and of rag mats.';
    const second = 'At one end of it a poster had been tacked to the wall.';
    expect(linesOf(said(`${first} ${second}`, 11)).map((lines) => lines.join(' '))).toEqual([first, second]);
  });

  it('let short sentences share a line, and take no abbreviation for the end of one', () => {
    expect(linesOf(said('Yes. No. I agree.', 3))).toEqual([['Yes. No. I agree.']]);
    expect(linesOf(said('On that day the old lawyer of Mr. Brown was there', 4))[0]?.[0]).not.toMatch(
      /Mr\.$/,
    );
  });

  it('count wide characters twice, and never begin with what closes', () => {
    const text =
      '今日はとても天気がいいので、公園まで散歩に行きました。楽しかった「友達」に会って、話しました。';
    const lines = linesOf(said(text, 14, 'ja')).flat();
    expect(lines.join('')).toBe(text);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(21);
      expect(line).not.toMatch(/^[、。」]|「$/);
    }
  });

  it('put no space between sentences where the script has none', () => {
    const sentences = [
      { start: 0, end: 1, text: '今日は。' },
      { start: 1, end: 2, text: '元気ですか。' },
    ];
    expect(linesOf(aTranscript(sentences, { language: 'ja' }))).toEqual([['今日は。元気ですか。']]);
  });

  it('keep the spaced punctuation of French with its word', () => {
    const lines = linesOf(
      said('Et vous croyez que tout le monde viendra demain matin ? « Oui ! »', 6, 'fr'),
    ).flat();
    for (const line of lines) expect(line).not.toMatch(/^[?!»]|«$/);
  });

  it('break up what is wider than a line, between whole characters', () => {
    const family = '👩‍👩‍👧‍👦';
    const lines = linesOf(said(family.repeat(50), 5)).flat();
    expect(lines.join('')).toBe(family.repeat(50));
    for (const line of lines) expect(line.length % family.length).toBe(0);
  });
});

describe('the times of cues', () => {
  const times = (transcript: Transcript) => cuesOf(transcript).map(({ start, end }) => [start, end]);

  it('reach into the silence until a second has passed or the text can be read', () => {
    const sentences = [
      { start: 1, end: 1.3, text: 'Yes.' },
      { start: 10, end: 10.5, text: 'Everybody came home early.' },
      { start: 20, end: 20.5, text: 'Thirty-nine letters that are said at once' },
    ];
    expect(times(aTranscript(sentences, { durationSeconds: 60 }))).toEqual([
      [1, 2],
      [10, 11.3],
      [20, 22],
    ]);
  });

  it('leave two frames before the next cue, and close gaps below half a second to that', () => {
    const sentence = 'A sentence that is long enough to stand all by itself.';
    const sentences = [
      { start: 0, end: 4, text: sentence },
      { start: 4, end: 8, text: sentence },
      { start: 8.4, end: 12, text: sentence },
      { start: 12.9, end: 16, text: sentence },
    ];
    expect(times(aTranscript(sentences))).toEqual([
      [0, 3.917],
      [4, 8.317],
      [8.4, 12],
      [12.9, 16],
    ]);
  });

  it('do not go past the end of the recording, nor stand longer than seven seconds', () => {
    expect(times(said('Yes.', 0.4))).toEqual([[0, 0.4]]);
    expect(times(aTranscript([{ start: 0, end: 60, text: 'Yes.' }]))).toEqual([[0, 7]]);
  });

  it('are made up in order where a segment has none of its own', () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    const [segment] = said(words, 30).segments;
    if (!segment) throw new Error('no segment');
    const withoutWords = cuesOf({ ...said(words, 30), segments: [{ ...segment, words: [] }] });
    const withWords = cuesOf(said(words, 30));
    expect(withoutWords.length).toBeGreaterThan(4);
    for (const cue of withoutWords) {
      const near = withWords.find(({ start }) => Math.abs(start - cue.start) < 2);
      expect(near).toBeDefined();
    }
  });

  it('follow the words around those that were corrected in the text', () => {
    const transcript = said('one two three four five six', 6);
    const [segment] = transcript.segments;
    if (!segment) throw new Error('no segment');
    const words = segment.words.map((word) =>
      word.word === 'three' ? { ...word, word: 'tree house' } : word,
    );
    const heard = { ...transcript, segments: [{ ...segment, words }] };
    const starts = cuesOf(heard).flatMap(({ lines }) => lines.flat().map(({ start }) => start));
    expect(starts.map((start) => Math.round(start))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('still let each be seen where everything is said at once', () => {
    const crowd = aTranscript([
      { start: 5, end: 5, text: 'So many words at the same time. '.repeat(20).trim() },
    ]);
    for (const { start, end } of cuesOf(crowd)) expect(end - start).toBeGreaterThanOrEqual(0.199);
  });
});

describe('the speakers of cues', () => {
  const talk = aTranscript([
    { start: 0, end: 8, text: 'I was about to say that we should all go home now.' },
    { start: 3, end: 3.5, text: 'Right.' },
    { start: 9.5, end: 10, text: 'Good.' },
  ]);
  const [first, second, third] = talk.segments;
  const speakers = { Ana: [first, third], Ben: [second] };
  for (const [name, segments] of Object.entries(speakers)) {
    for (const segment of segments) if (segment) segment.speaker = name;
  }

  it('are named where they begin, and cut into each other where they speak at once', () => {
    expect(cuesOf(talk).map(({ speaker, lines }) => `${speaker} | ${lines.map(lineText).join(' ')}`)).toEqual(
      [
        expect.stringMatching(/^Ana \| Ana: I was/),
        'Ben | Ben: Right.',
        expect.stringMatching(/^Ana \| Ana: .*home now\.$/),
        'Ana | Good.',
      ],
    );
  });

  it('are shortened where their names are too long', () => {
    const long = {
      ...talk,
      segments: talk.segments.map((segment) => ({ ...segment, speaker: 'N'.repeat(100) })),
    };
    expect(linesOf(long)[0]?.[0]).toMatch(/^N{19}…: I was/);
  });
});

describe('cues of any transcript', () => {
  const any = Array.from({ length: 80 }, (_, index) => {
    const transcript = randomTranscript(index + 1);
    return { seed: index + 1, transcript, cues: cuesOf(transcript) };
  });
  const textWidth = ({ lines }: Cue) => lines.reduce((sum, line) => sum + displayWidth(lineText(line)), 0);

  it('are one or two lines of at most 42 columns', () => {
    const wrong = any.flatMap(({ seed, cues }) =>
      cues
        .map(({ lines }) => ({ seed, lines: lines.map(lineText) }))
        .filter(({ lines }) => lines.length < 1 || lines.length > 2 || !lines.every(fits)),
    );
    expect(wrong).toEqual([]);
  });

  it('follow each other without overlapping, none of them unseen, none of them for more than seven seconds', () => {
    const wrong = any.flatMap(({ seed, cues }) =>
      cues
        .map(({ start, end }, index) => ({ seed, start, end, next: cues[index + 1]?.start ?? end }))
        .filter(({ start, end, next }) => end <= start || end > next || end - start > 7.001),
    );
    expect(wrong).toEqual([]);
  });

  it('stand for 5/6 s and as long as reading takes, unless the next one or the end is near', () => {
    const wrong = any.flatMap(({ transcript, cues }) =>
      cues.filter((cue, index) => {
        const spokenEnd = cue.lines.at(-1)?.at(-1)?.end ?? 0;
        const wanted = Math.max(5 / 6, Math.min(textWidth(cue) / 20, spokenEnd + 1.5 - cue.start, 7));
        const next = cues[index + 1];
        const limit = next ? next.start - 0.084 : transcript.durationSeconds;
        return cue.end < Math.min(cue.start + wanted, limit) - 0.0011;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('hold every word once, and each speaker’s in their order', () => {
    for (const { seed, transcript, cues } of any) {
      for (const speaker of new Set(transcript.segments.map((segment) => segment.speaker))) {
        const spoken = transcript.segments.filter((segment) => segment.speaker === speaker);
        expect(lettersOf(cues, speaker), `seed ${seed}`).toBe(
          spoken.map(({ text }) => plainText(text).replaceAll(' ', '')).join(''),
        );
      }
    }
  });
});

function fits(line: string): boolean {
  return line.trim() !== '' && displayWidth(line) <= lineWidth;
}

function lettersOf(cues: Cue[], speaker: string | null): string {
  return cues
    .filter((cue) => cue.speaker === speaker)
    .flatMap(({ lines }) => lines.flat())
    .filter(({ isLabel }) => !isLabel)
    .map(({ text }) => text.replaceAll(' ', ''))
    .join('');
}
