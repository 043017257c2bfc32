import { dirname, join, resolve } from 'node:path';
import type { Logger } from '@verbatim/adapters';
import type { ModelWarning } from '@verbatim/domain';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { isProgram } from '../../child-process/find-program.ts';
import { forwardOnly } from '../forward-only.ts';
import { hearTwice } from '../hear-twice.ts';
import { Pace } from '../pace.ts';
import { planSlots, type SlotPlan, thisMachine } from '../plan-slots.ts';
import { SlotPool } from '../slot-pool.ts';
import type { FindSpeech } from '../speech/find-speech.ts';
import { type Heard, type HearingRequest, secondsDone, transcribeSpeech } from '../transcribe-speech.ts';
import {
  type EngineCall,
  type EngineInput,
  type EngineResult,
  TranscriptionEngine,
} from '../transcription-engine.ts';
import { readWhisperModel, type WhisperModel } from '../whisper-model.ts';
import { runPackage } from './run-package.ts';
import type { WhisperCliProgram } from './stage-call.ts';

export interface NodejsWhisperOptions {
  /** `whisper-cli` lies beside it. */
  serverPath: string;
  /** `name` is the label that transcripts carry. */
  model: { name: string; path: string; demo?: boolean };
  findSpeech: FindSpeech;
  /** What is not given is planned from cores and memory. */
  plan?: Partial<SlotPlan>;
  guards: ChildGuards;
  log: Logger;
  pace?: Pace;
}

/** @throws Error when the program or the model is not there */
export async function openNodejsWhisperEngine(options: NodejsWhisperOptions): Promise<NodejsWhisperEngine> {
  const cliPath = join(dirname(resolve(options.serverPath)), 'whisper-cli');
  if (!(await isProgram(cliPath))) {
    throw new Error('There is no whisper-cli beside WHISPER_SERVER. `npm start` builds both.');
  }
  const model = await readWhisperModel(options.model);
  const { slots, threads } = planSlots(thisMachine(), model.fileBytes, options.plan);
  return new NodejsWhisperEngine({ ...options, model, slots, cliPath, threads });
}

/** The npm package, as a fallback: a process and a load of the model for each recording. */
export class NodejsWhisperEngine extends TranscriptionEngine {
  override readonly name = 'nodejs-whisper';
  override readonly model: string;
  override readonly modelWarning: ModelWarning | null;
  override readonly slots: number;
  readonly #whisperModel: WhisperModel;
  readonly #findSpeech: FindSpeech;
  readonly #program: WhisperCliProgram & { guards: ChildGuards };
  readonly #pool: SlotPool<{ isReady: true }>;
  readonly #pace: Pace;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(
    options: Omit<NodejsWhisperOptions, 'model'> & {
      model: WhisperModel;
      slots: number;
      threads: number;
      cliPath: string;
    },
  ) {
    super();
    const { model, slots, cliPath, threads, guards } = options;
    this.model = model.name;
    this.modelWarning = model.demo ? 'demo_model' : null;
    this.slots = slots;
    this.#whisperModel = model;
    this.#findSpeech = options.findSpeech;
    this.#program = { cliPath, modelPath: model.path, threads, guards };
    this.#pool = new SlotPool(Array.from({ length: slots }, () => ({ isReady: true as const })));
    this.#pace = options.pace ?? new Pace();
    this.#log = options.log;
  }

  override async start(): Promise<void> {}

  override async transcribe(input: EngineInput, call: EngineCall): Promise<EngineResult> {
    const signal = AbortSignal.any([call.signal, this.#stopping.signal]);
    const hearingCall = { signal, onProgress: forwardOnly(call.onProgress) };
    const working = transcribeSpeech(input, signal, {
      model: this.#whisperModel,
      findSpeech: this.#findSpeech,
      hear: (request) =>
        this.#pool.use(signal, () => hearTwice(() => this.#hear(request, hearingCall), this.#log)),
    });
    this.#running.add(working);
    return await working.finally(() => this.#running.delete(working));
  }

  override async stop(): Promise<void> {
    this.#stopping.abort(new Error('the engine stops'));
    await Promise.allSettled(this.#running);
  }

  /** @throws EngineLost, JobFailure */
  #hear(request: HearingRequest, call: EngineCall): Promise<Heard> {
    return this.#pace.time(request, call.signal, (signal) =>
      runPackage(request, this.#program, {
        signal,
        onPercent: (percent) => call.onProgress(secondsDone(percent, request)),
      }),
    );
  }
}
