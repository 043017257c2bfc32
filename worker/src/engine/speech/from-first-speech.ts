import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { wavSlice } from '../../audio/wav-slice.ts';
import type { SpeechMap } from './speech-map.ts';

/** The part of a recording that an engine is given. */
export interface Stretch extends AsyncDisposable {
  wavPath: string;
  /** Where in the recording it begins. */
  startSeconds: number;
  durationSeconds: number;
}

/** Less leaves enough of those 30 s to the speech: not worth a copy. */
const worthSkippingSeconds = 5;
/** A voice begins more quietly than it is found. */
const leadInSeconds = 1;

/**
 * Leaves out what comes long before the first speech: whisper.cpp tells the language by the first 30 s that it is given,
 * whatever is in them, and invents words in silence.
 */
export async function fromFirstSpeech(
  { wavPath, durationSeconds }: { wavPath: string; durationSeconds: number },
  speech: SpeechMap,
  signal: AbortSignal,
): Promise<Stretch> {
  const startSeconds = Math.floor(Math.max(0, speech.start - leadInSeconds));
  if (startSeconds < worthSkippingSeconds) {
    return { wavPath, startSeconds: 0, durationSeconds, [Symbol.asyncDispose]: async () => {} };
  }
  const stretch = { startSeconds, durationSeconds: durationSeconds - startSeconds };
  const path = `${wavPath}.${randomUUID()}.wav`;
  const remove = () => rm(path, { force: true });
  try {
    await writeFile(path, wavSlice(wavPath, stretch), { mode: 0o600, signal });
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    throw error;
  }
  return { ...stretch, wavPath: path, [Symbol.asyncDispose]: remove };
}
