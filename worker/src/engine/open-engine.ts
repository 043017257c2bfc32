import type { Logger } from '@verbatim/adapters';
import type { ChildGuards } from '../child-process/child-guards.ts';
import { openNodejsWhisperEngine } from './nodejs-whisper/nodejs-whisper-engine.ts';
import type { SlotPlan } from './plan-slots.ts';
import { openSimulatedEngine } from './simulated/simulated-engine.ts';
import type { Simulation } from './simulated/simulation.ts';
import { speechFinder } from './speech/find-speech.ts';
import type { TranscriptionEngine } from './transcription-engine.ts';
import { openWhisperServerEngine } from './whisper-server/whisper-server-engine.ts';

interface WhisperChoice {
  engine: 'whisper-server' | 'nodejs-whisper';
  /** The `whisper-server` program; whisper.cpp's other programs lie beside it. */
  serverPath: string;
  /** A Silero model that tells speech from everything else; left out: by energy alone. */
  vadModelPath?: string | undefined;
  model: { name: string; path: string; demo: boolean };
}

export type EngineChoice = (WhisperChoice | { engine: 'simulated'; simulation: Simulation }) & {
  /** What is not given is planned from cores and memory. */
  plan: Partial<SlotPlan>;
  guards: ChildGuards;
  log: Logger;
};

/** The one place that knows which engines there are. @throws Error when it can't run here: the message says what to do */
export async function openEngine(choice: EngineChoice): Promise<TranscriptionEngine> {
  if (choice.engine === 'simulated') return openSimulatedEngine(choice);
  const options = { ...choice, findSpeech: speechFinder(choice) };
  return choice.engine === 'nodejs-whisper'
    ? openNodejsWhisperEngine(options)
    : openWhisperServerEngine(options);
}
