import { extname, join } from 'node:path';
import type { Logger } from '@verbatim/adapters';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { Pace } from '../pace.ts';
import { planSlots, type SlotPlan, thisMachine } from '../plan-slots.ts';
import { SpeechMap } from '../speech/speech-map.ts';
import { EngineSlot } from '../whisper-server/engine-slot.ts';
import { inferenceFields } from '../whisper-server/inference-fields.ts';
import { WhisperServerEngine } from '../whisper-server/whisper-server-engine.ts';
import type { Simulation } from './simulation.ts';

/** The same beside `src` and `dist`. */
const serverProgram = join(import.meta.dirname, `simulated-server.child${extname(import.meta.filename)}`);
const addressSpaceBytes = 4 * 1024 ** 3;

export interface SimulatedEngineOptions {
  simulation: Simulation;
  /** What is not given is planned from cores and memory. */
  plan: Partial<SlotPlan>;
  guards: ChildGuards;
  log: Logger;
}

/**
 * For tests of load and of faults: no model, and text that is invented from the audio's bytes. All but the hearing itself
 * is the whisper-server engine's own: child processes with their limits, deadlines, progress, replacement and end.
 */
export function openSimulatedEngine({ simulation, plan, guards, log }: SimulatedEngineOptions) {
  const { slots, threads } = planSlots(thisMachine(), 0, plan);
  const program = {
    command: [process.execPath, serverProgram, JSON.stringify(simulation)],
    limits: { addressSpaceBytes },
    ...{ modelPath: 'none', threads, guards },
  };
  return new WhisperServerEngine({
    name: 'simulated',
    model: { name: 'simulated', path: 'none', demo: true, englishOnly: false, fileBytes: 0 },
    modelWarning: 'simulated',
    // All of it is speech, silence too: what it "hears" does not hang on what is there.
    findSpeech: async ({ durationSeconds: end }) => new SpeechMap([{ start: 0, end }], end),
    fieldsOf: (request) => ({ ...inferenceFields(request), attempt: String(request.attempt) }),
    slots: Array.from({ length: slots }, () => new EngineSlot(program, log)),
    pace: new Pace({
      leastDeadlineSeconds: simulation.deadlineSeconds,
      speed: 1 / Math.max(simulation.realTimeFactor, 0.001),
    }),
    log,
  });
}
