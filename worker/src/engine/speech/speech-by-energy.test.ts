import { describe, expect, it } from 'vitest';
import { noise } from '../testing/written-audio.ts';
import { speechByEnergy, voiceStart } from './speech-by-energy.ts';

const frameSeconds = 0.03;
/** One loudness for each frame, in decibels below full scale. */
function loudness(seconds: number, decibels: (seconds: number) => number) {
  const frames = Float32Array.from({ length: seconds / frameSeconds }, (_, frame) => {
    return 10 ** (decibels(frame * frameSeconds) / 20);
  });
  return { frameSeconds, frames };
}
const rounded = (spans: { start: number; end: number }[]) =>
  spans.map(({ start, end }) => [Math.round(start * 10) / 10, Math.round(end * 10) / 10]);
/** Four syllables a second, 20 dB between their loudest and their quietest. */
const syllables = (t: number) => 10 * Math.sin(2 * Math.PI * 4 * t);

describe('speechByEnergy', () => {
  it('finds where something is said, to a frame', () => {
    const talk = loudness(20, (t) => (t >= 5 && t < 8 ? syllables(t) - 30 : -90));
    expect(rounded(speechByEnergy(talk))).toEqual([[5, 8]]);
  });

  it.each([
    ['hum or a tone', () => -20],
    ['hiss', () => -20 + noise()() * 2],
    ['silence', () => -90],
    ['what is quieter than any microphone', () => -66],
  ])('hears no speech in %s', (_, decibels) => {
    expect(speechByEnergy(loudness(20, decibels))).toEqual([]);
  });

  it('hears speech in noise that is as loud as itself', () => {
    const power = (decibels: number) => 10 ** (decibels / 10);
    const mixed = loudness(20, (t) => 10 * Math.log10(power(syllables(t) - 30) + power(-26)));
    expect(rounded(speechByEnergy(mixed))).toEqual([[0, 20]]);
  });

  it('leaves out the noise between two sentences, but not the half second beside them', () => {
    const talk = loudness(20, (t) => (t < 5 || t >= 15 ? syllables(t) - 25 : -45));
    const spans = rounded(speechByEnergy(talk));
    expect(spans).toHaveLength(2);
    expect(spans[0]?.[1]).toBeGreaterThanOrEqual(5);
    expect(spans[0]?.[1]).toBeLessThan(6);
    expect(spans[1]?.[0]).toBeLessThanOrEqual(15);
    expect(spans[1]?.[0]).toBeGreaterThan(14);
  });

  it('takes what is shorter than a second for speech, a loud "yes" being no longer', () => {
    expect(rounded(speechByEnergy(loudness(0.6, () => -20)))).toEqual([[0, 0.6]]);
  });
});

describe('voiceStart', () => {
  const room = (t: number) => -45 + 4 * Math.sin(3 * t);
  it.each([
    ['at once', 0, () => -90],
    ['after silence', 40, () => -90],
    ['after the sounds of a room', 40, room],
    ['after a click, and the sounds of a room', 40, (t: number) => (t > 2 && t < 2.2 ? -5 : room(t))],
  ])('finds who speaks up, %s', (_, start, before) => {
    const talk = loudness(100, (t) => (t < start ? before(t) : syllables(t) - 25));
    expect(voiceStart(talk)).toBeCloseTo(start, 0);
  });

  it('takes the first who speaks, not the loudest', () => {
    const talk = loudness(100, (t) => syllables(t) - (t < 50 ? 35 : 25));
    expect(voiceStart(talk)).toBeLessThan(1);
  });

  it('finds nobody in silence, or in a click', () => {
    expect(voiceStart(loudness(20, () => -90))).toBeNull();
    expect(voiceStart(loudness(20, (t) => (t > 5 && t < 5.2 ? -10 : -90)))).toBeNull();
  });
});
