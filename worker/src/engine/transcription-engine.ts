import type { ModelWarning, TranscriptionOptions } from '@verbatim/domain';

/** One stretch of decoded audio to be heard. */
export interface EngineInput {
  /** 16 kHz mono 16-bit WAV of our own making: an engine never sees a user's file. */
  wavPath: string;
  durationSeconds: number;
  /** One of Whisper's codes, or null: detect it. */
  language: string | null;
  /** What else the user asked for; left out, its default. */
  task?: TranscriptionOptions['task'];
  quality?: TranscriptionOptions['quality'];
  /** Prompt and keywords in one, as the engine takes them. */
  prompt?: string | null;
  /** From 1: how many times this was tried in this run, this time included. Only the simulated engine cares. */
  attempt?: number;
}

export interface EngineCall {
  /** Aborting frees the slot within 5 s. */
  signal: AbortSignal;
  /** Seconds of this audio that are done; never goes back, may not be called at all on short audio. */
  onProgress(audioSecondsDone: number): void;
}

/** Times are seconds from the start of the audio that was given, within it and never going back; good to 0.1-0.3 s. */
export interface EngineWord {
  word: string;
  start: number;
  end: number;
  /** 0 to 1: the mean probability of the word's tokens. */
  confidence: number;
}

export interface EngineSegment {
  start: number;
  end: number;
  /** Never empty, without spaces around it. */
  text: string;
  /** 0 to 1: the geometric mean of the probabilities of the segment's tokens. */
  confidence: number;
  words: EngineWord[];
}

export interface EngineResult {
  /** ISO 639-1: what was asked for, else what was detected. */
  language: string;
  /** 0 to 1; null where the language was given. */
  languageProbability: number | null;
  /** Empty where nothing was said. */
  segments: EngineSegment[];
  /** Three or more identical segments in a row were an engine's loop and were made one. */
  repetitionsCollapsed?: boolean;
  /** 0 to 1: how much of the audio was no speech: silence, a steady sound, or not speech to the Silero model. */
  silenceShare?: number;
  /** CPU time the engine spent on this call, where the system tells. */
  cpuSeconds?: number;
}

/** Turns speech into timed text. Engines: a resident whisper-server for each slot, nodejs-whisper. */
export abstract class TranscriptionEngine {
  /** Of the technology, for logs and the registry of workers: `whisper-server`. */
  abstract readonly name: string;
  /** Of the model, as transcripts name it: `demo`, `small-q8_0`. */
  abstract readonly model: string;
  /** What every transcript must say of the model; null for one that is made for real speech. */
  abstract readonly modelWarning: ModelWarning | null;
  /** How many calls run at once; more wait for a free slot. */
  abstract readonly slots: number;

  /** Resolves when the first slot can work. @throws Error when the engine can't run here at all */
  abstract start(): Promise<void>;

  /**
   * @throws JobFailure engine.crashed | engine.timeout | engine.out_of_memory | engine.refused;
   *   the signal's reason when it aborts
   */
  abstract transcribe(input: EngineInput, call: EngineCall): Promise<EngineResult>;

  /**
   * Resident memory in bytes that each slot's process takes, the model's copy included; null where there is none just now or
   * the system does not tell. Empty where no process outlives a call.
   */
  async memoryOfSlots(): Promise<(number | null)[]> {
    return [];
  }

  /** Ends running calls and leaves no process behind. */
  abstract stop(): Promise<void>;
}
