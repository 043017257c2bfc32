import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildEnd, endOf, killGroup } from '../../child-process/child-end.ts';
import type { ChildGuards, ChildLimits, GuardedChild } from '../../child-process/child-guards.ts';
import { type DetectedLanguage, readDetectedLanguage } from '../answer/detected-language.ts';
import { EngineLost } from '../hear-twice.ts';
import { getStatus, postAudio, type ServerAddress, type ServerAnswer } from './post-audio.ts';

export interface WhisperServerProgram {
  /** The program, and what stands before the arguments that whisper-server takes. */
  command: string[];
  limits?: Partial<ChildLimits>;
  modelPath: string;
  threads: number;
  guards: ChildGuards;
}

/** Loading a large model from a slow disk takes its time. */
const startMs = 180_000;
const startsWhenPortIsTaken = 5;
const portTaken = "couldn't bind";
/** It was written before the recording was begun, but comes through another pipe than the answer. */
const detectedGraceMs = 1_000;
/** How long an aborted server may take to notice. */
const abortGraceMs = 2_000;

/** One `whisper-server` process with its model in memory. It works on one recording at a time. */
export class WhisperChild {
  readonly ended: Promise<ChildEnd>;
  readonly pid: number;
  readonly #child: GuardedChild;
  readonly #port: number;
  /**
   * Stands before every route. It keeps others on this machine away, and tells our server from another one: whisper-server
   * shares a port without complaint when two processes happen to choose the same.
   */
  readonly #secretPath = `/${randomUUID()}`;
  readonly #oomKillsBefore: number | null;
  #lastLines: string[] = [];
  #onPercent: (percent: number) => void = () => {};
  #onDetected: (detected: DetectedLanguage) => void = () => {};
  #onGaveUp: () => void = () => {};

  private constructor(program: WhisperServerProgram, port: number, oomKillsBefore: number | null) {
    this.#port = port;
    this.#oomKillsBefore = oomKillsBefore;
    const threads = String(program.threads);
    const [serverPath = '', ...leading] = program.command;
    this.#child = program.guards.spawn({
      program: serverPath,
      args: [
        ...leading,
        ...['-m', program.modelPath, '--host', '127.0.0.1', '--port', String(port)],
        ...['--request-path', this.#secretPath],
        ...['-t', threads, '-l', 'auto', '-mc', '0', '-pp', '-nlp'],
      ],
      cwd: '/',
      // Waiting threads must sleep: spinning ones starve each other as soon as anything else wants a core.
      env: { OMP_WAIT_POLICY: 'passive', OMP_NUM_THREADS: threads },
      confined: false,
      ...(program.limits ? { limits: program.limits } : {}),
    });
    this.pid = this.#child.pid ?? 0;
    this.ended = endOf(this.#child);
    this.#child.stdout.resume();
    createInterface({ input: this.#child.stderr }).on('line', (line) => this.#read(line));
  }

  /** Resolves when the model is loaded. @throws EngineLost; the signal's reason, having killed the process */
  static async start(program: WhisperServerProgram, signal: AbortSignal): Promise<WhisperChild> {
    for (let start = 1; ; start += 1) {
      const child = new WhisperChild(program, await freePort(), await oomKills());
      try {
        await child.#untilReady(signal);
        return child;
      } catch (error) {
        await child.kill();
        signal.throwIfAborted();
        // Between our asking and its binding somebody else may have taken the port.
        const worthAnother = child.#said(portTaken) && start < startsWhenPortIsTaken;
        if (!worthAnother) throw error;
      }
    }
  }

  /**
   * One recording. When the signal aborts the server gets a moment to give up; one that does not is killed, and has ended
   * when this rejects. `detected` is null where the language was given, or the server did not tell.
   * @throws EngineLost; the signal's reason
   */
  async infer(
    form: { fields: Record<string, string>; wavPath: string },
    { signal, onPercent }: { signal: AbortSignal; onPercent(percent: number): void },
  ): Promise<{ answer: ServerAnswer; detected: DetectedLanguage | null }> {
    this.#onPercent = onPercent;
    const detected = new Promise<DetectedLanguage>((resolve) => {
      this.#onDetected = resolve;
    });
    const { promise: gaveUp, resolve } = Promise.withResolvers<void>();
    this.#onGaveUp = resolve;
    try {
      const answer = await postAudio(this.#address('/inference'), form, signal);
      if (answer.status === 200 && form.fields['language'] === 'auto') {
        return { answer, detected: await unlessLate(detected, detectedGraceMs) };
      }
      if (answer.status === 200 || answer.status === 400) return { answer, detected: null };
      // 404: another server answers on this port. 500: it failed in a way that its next recording may share.
      throw new EngineLost(`it answered ${answer.status}`);
    } catch (error) {
      if (signal.aborted) {
        const impatience = setTimeout(() => void this.kill(), abortGraceMs);
        await Promise.race([gaveUp, this.ended]);
        clearTimeout(impatience);
        throw signal.reason;
      }
      throw await this.#lost(error);
    } finally {
      this.#onPercent = () => {};
    }
  }

  /** CPU time of the process so far; null where the system does not tell. */
  async cpuSeconds(): Promise<number | null> {
    const stat = await readFile(`/proc/${this.pid}/stat`, 'utf8').catch(() => null);
    // The second field, a name in brackets, may hold spaces: count from its end.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields?.[11]) + Number(fields?.[12]);
    return Number.isFinite(ticks) ? ticks / 100 : null;
  }

  /** Of the process, in bytes; null where the system does not tell. */
  async memoryBytes(): Promise<number | null> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  }

  /** Not by SIGTERM: it would first finish its recording, and has nothing to save. */
  async kill(): Promise<ChildEnd> {
    killGroup(this.#child, 'SIGKILL');
    return this.ended;
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const patience = AbortSignal.any([signal, waiting.signal, AbortSignal.timeout(startMs)]);
    void this.ended.then(() => waiting.abort());
    while (!patience.aborted) {
      const status = await getStatus(this.#address('/health'), patience).catch(() => 0);
      if (status === 200) return;
      await sleep(25, undefined, { signal: patience }).catch(() => undefined);
    }
    signal.throwIfAborted();
    if (!waiting.signal.aborted) throw new EngineLost(`not ready after ${startMs / 1000} s`);
    throw await this.#lost(undefined);
  }

  /** A connection that broke, explained by how the process ended; one that can't be spoken to any more is ended. */
  async #lost(cause: unknown): Promise<EngineLost> {
    if (cause instanceof EngineLost) {
      await this.kill();
      return cause;
    }
    // Its end is known a little after its sockets close.
    const end = await Promise.race([this.ended, sleep(1_000, null)]);
    if (!end) {
      await this.kill();
      return new EngineLost('its connection broke', { cause });
    }
    if (end.error) return new EngineLost('it could not be started', { cause: end.error });
    const outOfMemory =
      this.#allocationFailed() || (end.signal === 'SIGKILL' && (await this.#oomKillerRan()));
    const how = end.signal ? `ended by ${end.signal}` : `exit code ${end.exitCode}`;
    return new EngineLost(how, { outOfMemory, cause });
  }

  async #oomKillerRan(): Promise<boolean> {
    const now = await oomKills();
    return now !== null && this.#oomKillsBefore !== null && now > this.#oomKillsBefore;
  }

  #allocationFailed(): boolean {
    return this.#lastLines.some((line) =>
      /failed to allocate|allocation failed|not enough memory|bad_alloc/i.test(line),
    );
  }

  #said(words: string): boolean {
    return this.#lastLines.some((line) => line.includes(words));
  }

  #read(line: string): void {
    const percent = /progress =\s*(\d+)%/.exec(line)?.[1];
    if (percent !== undefined) this.#onPercent(Number(percent));
    const detected = readDetectedLanguage(line);
    if (detected) this.#onDetected(detected);
    if (line.includes('client disconnected')) this.#onGaveUp();
    this.#lastLines = [...this.#lastLines.slice(-9), line];
  }

  #address(route: string): ServerAddress {
    return { port: this.#port, path: this.#secretPath + route };
  }
}

async function unlessLate<T>(promise: Promise<T>, graceMs: number): Promise<T | null> {
  const late = new AbortController();
  const waited = sleep(graceMs, null, { signal: late.signal }).catch(() => null);
  return Promise.race([promise, waited]).finally(() => late.abort());
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** How often the kernel has killed a process for want of memory; null where it does not tell. */
async function oomKills(): Promise<number | null> {
  const counters = await readFile('/proc/vmstat', 'utf8').catch(() => '');
  const count = /^oom_kill (\d+)$/m.exec(counters)?.[1];
  return count === undefined ? null : Number(count);
}
