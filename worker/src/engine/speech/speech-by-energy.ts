import type { Loudness } from '../../audio/loudness.ts';
import type { Span } from './speech-map.ts';

/** Below it no microphone picked up a voice, and Whisper would invent one. */
const silenceDb = -65;
/** Syllables come and go: whatever keeps one loudness for a second is hum, hiss or a tone. Speech in noise as loud: 5 dB. */
const steadyDb = 2;
const windowSeconds = 1;

/** The loudest thirtieth of what is heard is somebody speaking, whatever else there is; a slammed door is shorter. */
const voicePercentile = 0.97;
/** Speech rises and falls by so much; what is quieter all the time is its background. */
const voiceDb = 15;
/** So much of so many seconds is as loud: a click or a knock is not. */
const voiceSeconds = 0.5;
const listenedSeconds = 3;

/** Everything that is neither silence nor a steady sound. */
export function speechByEnergy({ frames, frameSeconds }: Loudness): Span[] {
  const decibels = decibelsOf(frames);
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

/**
 * When somebody first speaks up, as loudly as people do in this recording: what comes before, a room, a street or a click on
 * the microphone, is no silence and says nothing about the language. Null where nothing is loud for long enough.
 */
export function voiceStart({ frames, frameSeconds }: Loudness): number | null {
  const decibels = decibelsOf(frames);
  const heard = decibels.filter((level) => level >= silenceDb).sort();
  const loud = heard[Math.floor(voicePercentile * heard.length)];
  if (loud === undefined) return null;
  const isVoice = (frame: number) => (decibels[frame] ?? -Infinity) >= Math.max(silenceDb, loud - voiceDb);

  const listened = Math.round(listenedSeconds / frameSeconds);
  const enough = Math.round(voiceSeconds / frameSeconds);
  let ahead = 0;
  for (let frame = 0; frame < listened; frame += 1) ahead += isVoice(frame) ? 1 : 0;
  for (let frame = 0; frame < decibels.length; frame += 1) {
    if (isVoice(frame) && ahead >= enough) return frame * frameSeconds;
    ahead += (isVoice(frame + listened) ? 1 : 0) - (isVoice(frame) ? 1 : 0);
  }
  return null;
}

function decibelsOf(frames: Float32Array): Float32Array {
  return Float32Array.from(frames, (level) => 20 * Math.log10(Math.max(level, 1e-9)));
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
