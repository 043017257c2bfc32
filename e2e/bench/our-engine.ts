import type { Logger } from '@verbatim/adapters';
import { ChildGuards } from '../../worker/src/child-process/child-guards.ts';
import { openEngine } from '../../worker/src/engine/open-engine.ts';
import { whisperChildrenOf } from '../../worker/src/engine/testing/processes.ts';
import type { TranscriptionEngine } from '../../worker/src/engine/transcription-engine.ts';
import { cpuTimeOf } from '../src/drivers/cpu-time.ts';
import { type Heard, type Listener, plainText, type Recording } from './listener.ts';

export interface OurEngineOptions {
  name: string;
  /** The `whisper-server` program. */
  serverPath: string;
  modelPath: string;
  /** Null: it shall find out. */
  language: string | null;
  threads: number;
}

/** What the engine says it spent, and what the system says, may differ by the clock's hundredths and the rounding. */
const tolerance = 0.05;

/** Verbatim's own engine, opened as the worker opens it: a resident whisper-server with one slot. */
export class OurEngine implements Listener, AsyncDisposable {
  readonly name: string;
  /** Of starting it and loading the model, which happens once. */
  readonly startCpuSeconds: number;
  readonly #engine: TranscriptionEngine;
  readonly #language: string | null;
  readonly #pid: number;

  private constructor(options: OurEngineOptions, engine: TranscriptionEngine, pid: number) {
    this.name = options.name;
    this.#language = options.language;
    this.#engine = engine;
    this.#pid = pid;
    this.startCpuSeconds = this.#cpuSeconds();
  }

  static async start(options: OurEngineOptions): Promise<OurEngine> {
    const others = await whisperChildrenOf(process.pid);
    const guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log: quiet });
    const engine = await openEngine({
      engine: 'whisper-server',
      serverPath: options.serverPath,
      model: { name: options.name, path: options.modelPath, demo: false },
      plan: { slots: 1, threads: options.threads },
      guards,
      log: quiet,
    });
    await engine.start();
    const [pid] = (await whisperChildrenOf(process.pid)).filter((child) => !others.includes(child));
    if (pid === undefined) throw new Error('the engine has no process');
    return new OurEngine(options, engine, pid);
  }

  /** @throws Error when the engine's own account of its CPU time is not the system's */
  async hear(recording: Recording): Promise<Heard> {
    const cpuBefore = this.#cpuSeconds();
    const begun = performance.now();
    const result = await this.#engine.transcribe(
      { ...recording, language: this.#language, quality: 'fast' },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
    const wallSeconds = (performance.now() - begun) / 1_000;
    const cpuSeconds = this.#cpuSeconds() - cpuBefore;
    if (Math.abs(cpuSeconds - (result.cpuSeconds ?? Number.NaN)) > tolerance) {
      throw new Error(`the engine says ${result.cpuSeconds} s of CPU, the system ${cpuSeconds.toFixed(2)} s`);
    }
    return { text: plainText(result.segments.map(({ text }) => text)), cpuSeconds, wallSeconds };
  }

  #cpuSeconds(): number {
    return cpuTimeOf(this.#pid)?.own ?? Number.NaN;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.stop();
  }
}

/** What goes wrong is thrown. */
const quiet = { warn: () => {}, info: () => {} } as unknown as Logger;
