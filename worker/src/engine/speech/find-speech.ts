import { dirname, join, resolve } from 'node:path';
import type { Logger } from '@verbatim/adapters';
import { measureLoudness } from '../../audio/loudness.ts';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { speechBySilero } from './silero-vad.ts';
import { speechByEnergy, voiceStart } from './speech-by-energy.ts';
import { SpeechMap } from './speech-map.ts';

/** Finds where somebody may be speaking. @throws the signal's reason when it aborts */
export type FindSpeech = (
  audio: { wavPath: string; durationSeconds: number },
  signal: AbortSignal,
) => Promise<SpeechMap>;

export interface SpeechFinderOptions {
  /** A Silero model; left out: by energy alone. */
  vadModelPath?: string | undefined;
  /** Its program lies beside. */
  serverPath: string;
  guards: ChildGuards;
  log: Logger;
}

/** By energy, and by the Silero model where there is one; where that fails, a warning and energy from then on. */
export function speechFinder(options: SpeechFinderOptions): FindSpeech {
  const program = join(dirname(resolve(options.serverPath)), 'whisper-vad-speech-segments');
  let modelPath = options.vadModelPath === undefined ? null : resolve(options.vadModelPath);

  return async ({ wavPath, durationSeconds }, signal) => {
    const loudness = await measureLoudness(wavPath, signal);
    const spans = speechByEnergy(loudness);
    const byEnergy = () => new SpeechMap(spans, durationSeconds, voiceStart(loudness));
    if (modelPath === null || spans.length === 0) return byEnergy();
    try {
      const found = await speechBySilero(wavPath, { program, modelPath, guards: options.guards }, signal);
      return new SpeechMap(found, durationSeconds);
    } catch (error) {
      signal.throwIfAborted();
      if (modelPath !== null) options.log.warn({ event: 'vad.given_up', error: String(error) });
      modelPath = null;
      return byEnergy();
    }
  };
}
