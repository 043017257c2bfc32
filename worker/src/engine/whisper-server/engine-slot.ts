import type { Logger } from '@verbatim/adapters';
import { WhisperChild, type WhisperServerProgram } from './whisper-child.ts';

const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** A place for one recording at a time: keeps one child ready, and replaces one that died. */
export class EngineSlot implements AsyncDisposable {
  readonly #program: WhisperServerProgram;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #starting: Promise<WhisperChild> | null = null;
  #ready = false;
  #deathsInARow = 0;
  #revival: NodeJS.Timeout | undefined;

  constructor(program: WhisperServerProgram, log: Logger) {
    this.#program = program;
    this.#log = log;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** The child, or a new one where there is none. @throws EngineLost when it does not start */
  child(): Promise<WhisperChild> {
    this.#closing.signal.throwIfAborted();
    if (this.#starting) return this.#starting;
    clearTimeout(this.#revival);
    const starting = WhisperChild.start(this.#program, this.#closing.signal);
    this.#starting = starting;
    void this.#watch(starting);
    return starting;
  }

  /** Of the child, in bytes; null while there is none, or where the system does not tell. */
  async memoryBytes(): Promise<number | null> {
    return this.#ready && this.#starting ? (await this.#starting).memoryBytes() : null;
  }

  /** It does its work: the next death is the first again. */
  worked(): void {
    this.#deathsInARow = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#revival);
    this.#closing.abort(new Error('the engine stops'));
    const child = await this.#starting?.catch(() => null);
    await child?.kill();
  }

  /** Idle or not, a child that dies is replaced; one that keeps dying at longer and longer intervals. */
  async #watch(starting: Promise<WhisperChild>): Promise<void> {
    let how: unknown;
    try {
      const child = await starting;
      this.#ready = true;
      const { exitCode, signal } = await child.ended;
      how = signal ?? exitCode;
    } catch (error) {
      how = error;
    }
    this.#ready = false;
    this.#starting = null;
    if (this.#closing.signal.aborted) return;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#deathsInARow);
    this.#deathsInARow += 1;
    this.#log.warn({ event: 'engine.child_died', how: String(how), pauseMs });
    this.#revival = setTimeout(() => void this.child().catch(() => undefined), pauseMs);
  }
}
