import { describe, expect, it } from 'vitest';
import { assembleTranscript, type HeardChunk, type Part } from './assemble-transcript.ts';
import { measureParts } from './measure-parts.ts';
import { Transcript } from './transcript.ts';

const facts = {
  durationSeconds: 1200,
  truncated: false,
  model: 'small',
  modelWarning: null,
  detectedLanguage: null,
};

function heard(...segments: [number, number, string, number?][]): HeardChunk {
  return {
    language: 'en',
    languageProbability: 0.9,
    segments: segments.map(([start, end, text, confidence = 0.8]) => ({
      start,
      end,
      text,
      confidence,
      words: [{ word: text, start, end, confidence }],
    })),
  };
}

const part = (startSeconds: number, chunk: HeardChunk, channel: number | null = null): Part => ({
  startSeconds,
  durationSeconds: 600,
  channel,
  heard: chunk,
});

describe('assembling a transcript', () => {
  it('shifts the times of each part onto the recording, to the millisecond', () => {
    const parts = [part(0, heard([0.1, 2, 'One.'])), part(599.97, heard([0.2, 1.5, 'Two.']))];
    const { segments, text } = assembleTranscript(parts, facts);
    expect(segments.map(({ id, start, end }) => [id, start, end])).toEqual([
      [0, 0.1, 2],
      [1, 600.17, 601.47],
    ]);
    expect(segments[1]?.words[0]).toMatchObject({ start: 600.17, end: 601.47 });
    expect(text).toBe('One. Two.');
  });

  it('gives the same transcript in whatever order the parts come', () => {
    const parts = [part(0, heard([0, 1, 'One.'])), part(600, heard([0, 1, 'Two.'])), part(1200, heard())];
    const transcript = assembleTranscript(parts, facts);
    expect(assembleTranscript(parts.toReversed(), facts)).toEqual(transcript);
    expect(Transcript.parse(transcript)).toEqual(transcript);
  });

  it('ends nothing after the recording ends', () => {
    const [segment] = assembleTranscript([part(1190, heard([1, 30, 'Late.']))], facts).segments;
    expect(segment?.end).toBe(1200);
  });

  it('interleaves the channels as they spoke, each a speaker', () => {
    const parts = [
      part(0, heard([0, 1, 'Hello.'], [4, 5, 'Fine.']), 0),
      part(0, heard([2, 3, 'How are you?'], [4, 5, 'Good.']), 1),
    ];
    const { segments } = assembleTranscript(parts, facts);
    expect(segments.map(({ speaker, text }) => `${speaker}: ${text}`)).toEqual([
      'Speaker 1: Hello.',
      'Speaker 2: How are you?',
      'Speaker 1: Fine.',
      'Speaker 2: Good.',
    ]);
  });

  it('weighs confidence by duration, and warns when it is low', () => {
    const { confidence, warnings } = assembleTranscript(
      [part(0, heard([0, 3, 'Long.', 0.2], [3, 4, 'Short.', 1]))],
      facts,
    );
    expect(confidence).toBeCloseTo((3 * 0.2 + 1) / 4);
    expect(warnings).toEqual(['low_confidence']);
  });

  it('warns of silence, of repetition and of a model that is none for real speech', () => {
    for (const modelWarning of ['demo_model', 'simulated'] as const) {
      const { warnings } = assembleTranscript([part(0, heard())], { ...facts, modelWarning });
      expect(warnings).toEqual([modelWarning, 'no_speech']);
    }
    const looped = { ...heard([0, 1, 'Again.']), repetitionsCollapsed: true };
    expect(assembleTranscript([part(0, looped)], facts).warnings).toEqual(['repetition']);
    const cutOff = { ...facts, truncated: true };
    expect(assembleTranscript([part(0, heard([0, 1, 'Hello.']))], cutOff).warnings).toEqual(['truncated']);
  });

  it('takes the language that was pinned, else that of the first part with words in it', () => {
    const parts = [
      part(600, { ...heard([0, 1, 'Hola.']), language: 'es' }),
      part(0, { ...heard(), language: 'und', languageProbability: null }),
    ];
    expect(assembleTranscript(parts, facts)).toMatchObject({ language: 'es', languageProbability: 0.9 });
    const pinned = { ...facts, detectedLanguage: { code: 'pt', probability: 0.6 } };
    expect(assembleTranscript(parts, pinned)).toMatchObject({ language: 'pt', languageProbability: 0.6 });
  });
});

describe('measuring the parts', () => {
  it('adds up the work and weighs the silence by duration', () => {
    const parts = [
      { ...part(0, { ...heard(), cpuSeconds: 10, silenceShare: 0.5 }), durationSeconds: 300 },
      { ...part(300, { ...heard(), cpuSeconds: 5, silenceShare: 0 }), durationSeconds: 100 },
    ];
    expect(measureParts(parts)).toEqual({ engineCpuSeconds: 15, silenceShare: 0.375 });
  });

  it('says nothing where a part does not tell', () => {
    expect(measureParts([part(0, heard())])).toEqual({ engineCpuSeconds: null, silenceShare: null });
  });
});
