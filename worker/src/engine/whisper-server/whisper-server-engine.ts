import { resolve } from 'node:path';
import type { Logger } from '@verbatim/adapters';
import { isLanguageCode, JobFailure } from '@verbatim/domain';
import { loudestBetween, measureLoudness } from '../../audio/loudness.ts';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { isProgram } from '../../child-process/find-program.ts';
import { planSlots, type SlotPlan, thisMachine } from '../plan-slots.ts';
import {
  type EngineCall,
  type EngineInput,
  type EngineResult,
  TranscriptionEngine,
} from '../transcription-engine.ts';
import { EngineSlot } from './engine-slot.ts';
import { inferenceFields } from './inference-fields.ts';
import { readModelHeader } from './model-header.ts';
import { Pace } from './pace.ts';
import type { ServerAnswer } from './post-audio.ts';
import { detectedLanguage, readSegments, WhisperAnswer } from './read-answer.ts';
import { SlotPool } from './slot-pool.ts';
import { type WhisperChild, WhisperChildLost } from './whisper-child.ts';

export interface WhisperServerOptions {
  /** The `whisper-server` program. */
  serverPath: string;
  /** `name` is the label that transcripts carry. */
  model: { name: string; path: string };
  /** What is not given is planned from cores and memory. */
  plan?: Partial<SlotPlan>;
  guards: ChildGuards;
  log: Logger;
  pace?: Pace;
}

/** @throws Error when the program or the model is not there: the message says what to do */
export async function openWhisperServerEngine(options: WhisperServerOptions): Promise<WhisperServerEngine> {
  const serverPath = resolve(options.serverPath);
  const modelPath = resolve(options.model.path);
  if (!(await isProgram(serverPath))) {
    throw new Error('WHISPER_SERVER does not name a program that can be run. `npm start` builds it.');
  }
  const { englishOnly, fileBytes } = await readModelHeader(modelPath);
  const { slots, threads } = planSlots(thisMachine(), fileBytes, options.plan);
  const program = { serverPath, modelPath, threads, guards: options.guards };
  return new WhisperServerEngine({
    model: options.model.name,
    englishOnly,
    slots: Array.from({ length: slots }, () => new EngineSlot(program, options.log)),
    pace: options.pace ?? new Pace(),
    log: options.log,
  });
}

/** -65 dB: below it no microphone picked up a voice, and Whisper would invent one. */
const silence = 10 ** (-65 / 20);
/** A segment's times are good to this many seconds. */
const timeTolerance = 0.3;

/** whisper.cpp in resident child processes: one for each slot, the model loaded once, all on this machine. */
export class WhisperServerEngine extends TranscriptionEngine {
  override readonly name = 'whisper-server';
  override readonly model: string;
  override readonly slots: number;
  readonly #englishOnly: boolean;
  readonly #allSlots: readonly EngineSlot[];
  readonly #pool: SlotPool;
  readonly #stopping = new AbortController();
  readonly #log: Logger;
  readonly #pace: Pace;

  constructor(options: {
    model: string;
    englishOnly: boolean;
    slots: EngineSlot[];
    pace: Pace;
    log: Logger;
  }) {
    super();
    this.model = options.model;
    this.slots = options.slots.length;
    this.#englishOnly = options.englishOnly;
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
    const language = this.#languageToForce(input.language);
    const signal = AbortSignal.any([call.signal, this.#stopping.signal]);
    signal.throwIfAborted();
    const loudness = await measureLoudness(input.wavPath, signal);
    if (loudestBetween(loudness, 0, input.durationSeconds) < silence) return nothingHeard(language);

    const work = { ...input, language };
    const { answer, cpuSeconds } = await this.#pool.use(signal, (slot) =>
      this.#hear(slot, work, { signal, onProgress: forwardOnly(call.onProgress) }),
    );
    const detected = language === null ? detectedLanguage(answer) : { language, probability: null };
    if (!detected) throw new JobFailure('engine.refused', 'whisper-server named no language');
    const { durationSeconds } = input;
    const heard = readSegments(answer, { durationSeconds, language: detected.language });
    return {
      language: detected.language,
      languageProbability: detected.probability,
      segments: heard.segments.filter(
        ({ start, end }) => loudestBetween(loudness, start - timeTolerance, end + timeTolerance) >= silence,
      ),
      repetitionsCollapsed: heard.repetitionsCollapsed,
      ...(cpuSeconds === null ? {} : { cpuSeconds }),
    };
  }

  override async stop(): Promise<void> {
    this.#stopping.abort(new Error('the engine stops'));
    await Promise.all(this.#allSlots.map((slot) => slot[Symbol.asyncDispose]()));
  }

  /** A child that dies at this recording gets one successor. @throws JobFailure */
  async #hear(slot: EngineSlot, input: EngineInput, call: EngineCall): Promise<Heard> {
    try {
      return await this.#hearOnce(slot, input, call);
    } catch (first) {
      if (!(first instanceof WhisperChildLost)) throw first;
      this.#log.warn({ event: 'engine.call_repeated', how: first.message });
    }
    try {
      return await this.#hearOnce(slot, input, call);
    } catch (second) {
      if (!(second instanceof WhisperChildLost)) throw second;
      const code = second.outOfMemory ? 'engine.out_of_memory' : 'engine.crashed';
      throw new JobFailure(code, `whisper-server was lost twice: ${second.message}`, { cause: second });
    }
  }

  /** @throws WhisperChildLost, JobFailure */
  async #hearOnce(slot: EngineSlot, input: EngineInput, call: EngineCall): Promise<Heard> {
    const child = await unlessAborted(slot.child(), call.signal);
    const deadlineMs = this.#pace.deadlineMs(input.durationSeconds);
    const tooLate = AbortSignal.timeout(deadlineMs);
    const begun = performance.now();
    const cpuBefore = await child.cpuSeconds();
    let answer: ServerAnswer;
    try {
      answer = await child.infer(
        { fields: inferenceFields(input.language), wavPath: input.wavPath },
        {
          signal: AbortSignal.any([call.signal, tooLate]),
          onPercent: (percent) => call.onProgress((input.durationSeconds * Math.min(percent, 100)) / 100),
        },
      );
    } catch (error) {
      call.signal.throwIfAborted();
      if (!tooLate.aborted) throw error;
      throw new JobFailure('engine.timeout', `no answer after ${Math.round(deadlineMs / 1_000)} s`);
    }
    slot.worked();
    this.#pace.learn(input.durationSeconds, (performance.now() - begun) / 1_000);
    return { answer: readAnswer(answer), cpuSeconds: await cpuSince(child, cpuBefore) };
  }

  /** An unknown language is accepted by whisper-server, and then ignored. */
  #languageToForce(asked: string | null): string | null {
    if (asked !== null && !isLanguageCode(asked)) {
      throw new JobFailure('engine.refused', 'not a language that Whisper knows');
    }
    if (!this.#englishOnly) return asked;
    if (asked === null || asked === 'en') return 'en';
    throw new JobFailure('engine.refused', 'this model knows English only');
  }
}

interface Heard {
  answer: WhisperAnswer;
  cpuSeconds: number | null;
}

function nothingHeard(language: string | null): EngineResult {
  return { language: language ?? 'und', languageProbability: null, segments: [] };
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

/** A recording that is begun again does not take back what was reported. */
function forwardOnly(report: (seconds: number) => void): (seconds: number) => void {
  let furthest = 0;
  return (seconds) => {
    if (seconds <= furthest) return;
    furthest = seconds;
    report(seconds);
  };
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
