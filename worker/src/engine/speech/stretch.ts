import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { wavSlice } from '../../audio/wav-slice.ts';
import type { SpeechMap } from './speech-map.ts';

/** The part of a recording that an engine is given. */
export interface Stretch extends AsyncDisposable {
  wavPath: string;
  /** Where it begins in the file that it was taken from. */
  startSeconds: number;
  durationSeconds: number;
}

/** Less leaves enough of those 30 s to the speech: not worth a copy. */
const worthSkippingSeconds = 5;
/** A voice begins more quietly than it is found. */
const leadInSeconds = 1;
/** As much as whisper.cpp tells the language by. */
const sampleSeconds = 30;
/** From here on most of that would be something else. */
const lateVoiceSeconds = 15;

interface Recording {
  wavPath: string;
  durationSeconds: number;
}

/**
 * Leaves out what comes long before the first speech: whisper.cpp tells the language by the first 30 s that it is given,
 * whatever is in them, and invents words in silence.
 */
export async function fromFirstSpeech(
  { wavPath, durationSeconds }: Recording,
  speech: SpeechMap,
  signal: AbortSignal,
): Promise<Stretch> {
  const startSeconds = wholeSecondsBefore(speech.start);
  if (startSeconds < worthSkippingSeconds) {
    return { wavPath, startSeconds: 0, durationSeconds, [Symbol.asyncDispose]: async () => {} };
  }
  return copied(wavPath, { startSeconds, durationSeconds: durationSeconds - startSeconds }, signal);
}

/** Where those 30 s would hold little of the voice: 30 s that do. Null: they do. */
export async function sampleOfVoice(
  stretch: Stretch,
  { voiceStart }: SpeechMap,
  signal: AbortSignal,
): Promise<Stretch | null> {
  const startSeconds = wholeSecondsBefore(voiceStart) - stretch.startSeconds;
  if (startSeconds < lateVoiceSeconds) return null;
  const durationSeconds = Math.min(sampleSeconds, stretch.durationSeconds - startSeconds);
  return copied(stretch.wavPath, { startSeconds, durationSeconds }, signal);
}

function wholeSecondsBefore(start: number): number {
  return Math.floor(Math.max(0, start - leadInSeconds));
}

async function copied(
  wavPath: string,
  part: { startSeconds: number; durationSeconds: number },
  signal: AbortSignal,
): Promise<Stretch> {
  const path = `${wavPath}.${randomUUID()}.wav`;
  const remove = () => rm(path, { force: true });
  try {
    await writeFile(path, wavSlice(wavPath, part), { mode: 0o600, signal });
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    throw error;
  }
  return { ...part, wavPath: path, [Symbol.asyncDispose]: remove };
}
