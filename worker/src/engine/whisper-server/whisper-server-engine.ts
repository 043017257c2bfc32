import { resolve } from 'node:path';
import type { Logger } from '@verbatim/adapters';
import { JobFailure, type ModelWarning } from '@verbatim/domain';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { isProgram } from '../../child-process/find-program.ts';
import { WhisperAnswer } from '../answer/whisper-answer.ts';
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
import { EngineSlot } from './engine-slot.ts';
import { inferenceFields } from './inference-fields.ts';
import type { ServerAnswer } from './post-audio.ts';
import type { WhisperChild } from './whisper-child.ts';

export interface WhisperServerOptions {
  /** The `whisper-server` program. */
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

/** @throws Error when the program or the model is not there: the message says what to do */
export async function openWhisperServerEngine(options: WhisperServerOptions): Promise<WhisperServerEngine> {
  const serverPath = resolve(options.serverPath);
  if (!(await isProgram(serverPath))) {
    throw new Error('WHISPER_SERVER does not name a program that can be run. `npm start` builds it.');
  }
  const model = await readWhisperModel(options.model);
  const { slots, threads } = planSlots(thisMachine(), model.fileBytes, options.plan);
  const program = { command: [serverPath], modelPath: model.path, threads, guards: options.guards };
  return new WhisperServerEngine({
    name: 'whisper-server',
    model,
    modelWarning: model.demo ? 'demo_model' : null,
    fieldsOf: inferenceFields,
    findSpeech: options.findSpeech,
    slots: Array.from({ length: slots }, () => new EngineSlot(program, options.log)),
    pace: options.pace ?? new Pace(),
    log: options.log,
  });
}

/** whisper.cpp in resident child processes: one for each slot, the model loaded once, all on this machine. */
export class WhisperServerEngine extends TranscriptionEngine {
  override readonly name: string;
  override readonly model: string;
  override readonly modelWarning: ModelWarning | null;
  override readonly slots: number;
  readonly #whisperModel: WhisperModel;
  readonly #findSpeech: FindSpeech;
  readonly #fieldsOf: (request: HearingRequest) => Record<string, string>;
  readonly #allSlots: readonly EngineSlot[];
  readonly #pool: SlotPool<EngineSlot>;
  readonly #stopping = new AbortController();
  readonly #log: Logger;
  readonly #pace: Pace;

  constructor(options: {
    name: string;
    model: WhisperModel;
    modelWarning: ModelWarning | null;
    findSpeech: FindSpeech;
    /** Of the form that a recording is sent with. */
    fieldsOf: (request: HearingRequest) => Record<string, string>;
    slots: EngineSlot[];
    pace: Pace;
    log: Logger;
  }) {
    super();
    this.name = options.name;
    this.model = options.model.name;
    this.modelWarning = options.modelWarning;
    this.slots = options.slots.length;
    this.#whisperModel = options.model;
    this.#findSpeech = options.findSpeech;
    this.#fieldsOf = options.fieldsOf;
    this.#allSlots = options.slots;
    this.#pool = new SlotPool(options.slots);
    this.#pace = options.pace;
    this.#log = options.log;
  }

  override async start(): Promise<void> {
    try {
      await Promise.any(this.#allSlots.map((slot) => slot.child()));
    } catch (error) {
      await this.stop();
      const cause = error instanceof AggregateError ? error.errors[0] : error;
      throw new Error('whisper-server does not start with this model', { cause });
    }
  }

  override async transcribe(input: EngineInput, call: EngineCall): Promise<EngineResult> {
    const signal = AbortSignal.any([call.signal, this.#stopping.signal]);
    const hearingCall = { signal, onProgress: forwardOnly(call.onProgress) };
    return transcribeSpeech(input, signal, {
      model: this.#whisperModel,
      findSpeech: this.#findSpeech,
      hear: (request) =>
        this.#pool.use(signal, (slot) => hearTwice(() => this.#hear(slot, request, hearingCall), this.#log)),
    });
  }

  override async memoryOfSlots(): Promise<(number | null)[]> {
    return Promise.all(this.#allSlots.map((slot) => slot.memoryBytes()));
  }

  override async stop(): Promise<void> {
    this.#stopping.abort(new Error('the engine stops'));
    await Promise.all(this.#allSlots.map((slot) => slot[Symbol.asyncDispose]()));
  }

  /** @throws EngineLost, JobFailure */
  async #hear(slot: EngineSlot, request: HearingRequest, call: EngineCall): Promise<Heard> {
    const child = await unlessAborted(slot.child(), call.signal);
    const cpuBefore = await child.cpuSeconds();
    const { answer, detected } = await this.#pace.time(request, call.signal, (signal) =>
      child.infer(
        { fields: this.#fieldsOf(request), wavPath: request.wavPath },
        {
          signal,
          onPercent: (percent) => call.onProgress(secondsDone(percent, request)),
        },
      ),
    );
    slot.worked();
    const { segments } = readAnswer(answer);
    const cpuSeconds = await cpuSince(child, cpuBefore);
    return { segments, detected, cpuSeconds };
  }
}

/** The body may hold what people said, so that only its being wrong goes into the message. */
function readAnswer({ status, body }: ServerAnswer): WhisperAnswer {
  if (status !== 200) throw new JobFailure('engine.refused', `whisper-server answered ${status}`);
  try {
    return WhisperAnswer.parse(JSON.parse(body));
  } catch {
    throw new JobFailure('engine.refused', 'whisper-server gave an unknown kind of answer');
  }
}

async function cpuSince(child: WhisperChild, before: number | null): Promise<number | null> {
  const now = await child.cpuSeconds();
  return now === null || before === null ? null : now - before;
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
