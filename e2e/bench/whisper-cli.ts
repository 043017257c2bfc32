import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCliAnswer } from '../../worker/src/engine/nodejs-whisper/read-cli-answer.ts';
import { cpuTimeOf } from '../src/drivers/cpu-time.ts';
import { type Heard, type Listener, plainText, type Recording } from './listener.ts';

export interface WhisperCliOptions {
  name: string;
  cliPath: string;
  modelPath: string;
  language: string;
  threads: number;
}

/**
 * A process and a load of the model for each recording, as nodejs-whisper does it: its own `-ojf -l LANGUAGE -m MODEL
 * -f FILE`. Added, so that both sides do the same work: one thread, greedy, no text carried over, no sounds as text.
 */
export class WhisperCli implements Listener {
  readonly name: string;
  readonly #options: WhisperCliOptions;

  constructor(options: WhisperCliOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async hear({ wavPath }: Recording): Promise<Heard> {
    const { cliPath, modelPath, language, threads } = this.#options;
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-cli-'));
    try {
      const likeUs = ['-t', String(threads), '-bs', '1', '-bo', '1', '-mc', '0', '-sns'];
      const asThePackage = ['-ojf', '-l', language, '-m', modelPath, '-f', wavPath];
      const cpuBefore = cpuOfEndedChildren();
      const begun = performance.now();
      const child = spawn(cliPath, [...likeUs, ...asThePackage, '-of', join(folder, 'answer')], {
        stdio: 'ignore',
      });
      const endWithUs = () => child.kill('SIGKILL');
      process.once('exit', endWithUs);
      const [exitCode] = await once(child, 'exit');
      process.removeListener('exit', endWithUs);
      const wallSeconds = (performance.now() - begun) / 1_000;
      if (exitCode !== 0) throw new Error(`${this.name}: whisper-cli ended with ${exitCode}`);
      const cpuSeconds = cpuOfEndedChildren() - cpuBefore;
      const { segments } = readCliAnswer(await readFile(join(folder, 'answer.json'), 'utf8'));
      return { text: plainText(segments.map(({ text }) => text)), cpuSeconds, wallSeconds };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The system adds a child's time to its parent's when it is collected: the only place to find all of it afterwards. */
function cpuOfEndedChildren(): number {
  return cpuTimeOf(process.pid)?.ended ?? Number.NaN;
}
