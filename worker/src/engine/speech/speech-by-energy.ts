import type { Loudness } from '../../audio/loudness.ts';
import type { Span } from './speech-map.ts';

/** Below it no microphone picked up a voice, and Whisper would invent one. */
const silenceDb = -65;
/** Syllables come and go: whatever keeps one loudness for a second is hum, hiss or a tone. Speech in noise as loud: 5 dB. */
const steadyDb = 2;
const windowSeconds = 1;

/** Everything that is neither silence nor a steady sound. */
export function speechByEnergy({ frames, frameSeconds }: Loudness): Span[] {
  const decibels = Float32Array.from(frames, (level) => 20 * Math.log10(Math.max(level, 1e-9)));
  const windowFrames = Math.round(windowSeconds / frameSeconds);
  const spans: Span[] = [];
  decibels.forEach((level, frame) => {
    if (level < silenceDb || isSteady(decibels, frame, windowFrames)) return;
    const start = frame * frameSeconds;
    const last = spans.at(-1);
    if (last && start - last.end < frameSeconds / 2) last.end = start + frameSeconds;
    else spans.push({ start, end: start + frameSeconds });
  });
  return spans;
}

/** The second around a frame; at the ends of the recording the first and the last. Less than a second tells nothing. */
function isSteady(decibels: Float32Array, frame: number, windowFrames: number): boolean {
  const lastStart = decibels.length - windowFrames;
  if (lastStart < 0) return false;
  const start = Math.min(Math.max(0, frame - Math.floor(windowFrames / 2)), lastStart);
  // Copied, then sorted: a tenth on either side may be anything.
  const levels = decibels.slice(start, start + windowFrames).sort();
  const tenth = Math.floor(windowFrames / 10);
  return (levels.at(-1 - tenth) ?? 0) - (levels[tenth] ?? 0) < steadyDb;
}
