import { runCommand } from '../run-command.ts';

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

interface Options {
  env?: Record<string, string>;
  stop?: AbortSignal;
  /** To read along while it runs. */
  said?: { stdout: string; stderr: string };
}

/** The command with these arguments, as a shell would see it. */
export async function runVerbatim(args: string[], options: Options = {}): Promise<Ended> {
  const { env = {}, stop = new AbortController().signal, said = { stdout: '', stderr: '' } } = options;
  const into = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const exitCode = await runCommand(args, { env, stdout: into('stdout'), stderr: into('stderr'), stop });
  return { exitCode, ...said };
}
