import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { HearingRequest } from '../transcribe-speech.ts';

/** One of the names that the package knows: what lies under it is ours. */
export const packageModelName = 'base';

export interface WhisperCliProgram {
  cliPath: string;
  modelPath: string;
  threads: number;
}

export interface StagedCall extends AsyncDisposable {
  folder: string;
  /** Where whisper-cli writes its answer. */
  answerPath: string;
}

/**
 * Lays out a folder beside the audio as the package wants to find the world: a model of its list, a `.wav`, and whisper-cli
 * where it would have built it. All lead to our own, so that only names we chose ever reach the package's shell.
 * @throws Error when the folders above have a name that a shell would not take as it is
 */
export async function stageCall(request: HearingRequest, program: WhisperCliProgram): Promise<StagedCall> {
  const wavPath = resolve(request.wavPath);
  if (/["$`\\]/.test(dirname(wavPath))) throw new Error('the folder of the audio would mislead a shell');
  const folder = await mkdtemp(join(dirname(wavPath), 'nodejs-whisper-'));
  const staged: StagedCall = {
    folder,
    answerPath: join(folder, 'audio.wav.json'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  try {
    await symlink(program.modelPath, join(folder, `ggml-${packageModelName}.bin`));
    await symlink(wavPath, join(folder, 'audio.wav'));
    const binFolder = join(folder, 'build', 'bin');
    await mkdir(binFolder, { recursive: true });
    await writeFile(join(binFolder, 'whisper-cli'), wrapperOf(request, program), { mode: 0o700 });
    return staged;
  } catch (error) {
    await staged[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Stands in whisper-cli's place and adds what the package has no option for. What was said goes to the answer's file alone:
 * the package takes the word "error:" in it for a failure. Ends when the package's process is gone, and tells CPU time.
 */
function wrapperOf(request: HearingRequest, { cliPath, threads }: WhisperCliProgram): string {
  const flags = whisperFlags(request, threads).map(quoted).join(' ');
  return `#!/bin/sh
${quoted(cliPath)} "$@" ${flags} > /dev/null &
cli=$!
( while kill -0 "$PACKAGE_PID"; do sleep 1; done; kill -9 $cli ) > /dev/null 2>&1 &
watcher=$!
wait $cli
status=$?
kill $watcher
times >&2
[ $status = 0 ] && echo done
exit $status
`;
}

/** The same as whisper-server's fields; the rest are whisper.cpp's defaults. */
function whisperFlags({ quality, prompt }: HearingRequest, threads: number): string[] {
  return [
    ...['-t', String(threads), '-pp', '-sns'],
    ...['-bo', quality === 'fast' ? '1' : '2', '-bs', quality === 'best' ? '5' : '1'],
    ...['-mc', String(prompt === null ? 0 : prompt.tokens + 1)],
    ...(prompt === null ? [] : ['--prompt', prompt.text, '--carry-initial-prompt']),
  ];
}

function quoted(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
