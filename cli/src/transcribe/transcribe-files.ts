import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Job } from '@verbatim/domain';
import { CommandFailed, type ExitCode, exitCodes, sentenceOf } from '../command-failed.ts';
import type { ListeningOptions } from '../listening-options.ts';
import { clock } from '../progress/describe.ts';
import type { ProgressView } from '../progress/file-progress.ts';
import type { VerbatimServer } from '../server/verbatim-server.ts';
import { inParallel } from './in-parallel.ts';
import type { Output } from './plan-outputs.ts';
import { transcribeFile } from './transcribe-file.ts';

export interface TranscribeOrder {
  /** Null: the text goes to `print`. */
  outputs: Map<string, Output[]> | null;
  files: string[];
  listening: ListeningOptions;
  jobsAtOnce: number;
  deleteAfterwards: boolean;
}

/** What became of one file. */
interface FileResult {
  file: string;
  job: Job | null;
  /** Paths of the transcripts. */
  written: string[];
  error: string | null;
}

/** Where words go. */
interface Told {
  view: ProgressView;
  /** The text itself, where it is not written to a file. */
  print: (text: string) => void;
  result: (result: FileResult) => void;
}

/** Every file becomes its transcripts; one that fails does not stop the others. */
export async function transcribeFiles(
  order: TranscribeOrder,
  server: VerbatimServer,
  { view, print, result }: Told,
  stop: AbortSignal,
): Promise<ExitCode> {
  let failed = 0;
  const oneFile = async (file: string) => {
    try {
      const job = await transcribeFile(
        file,
        order.listening,
        server,
        (progress) => view.show(file, progress),
        stop,
      );
      const written = await fetchTranscripts(job, order.outputs?.get(file), server, print, stop);
      if (order.deleteAfterwards) await server.deleteJob(job.jobId, stop);
      view.finish(file, summary(job, written));
      result({ file, job, written, error: null });
    } catch (error) {
      failed += 1;
      view.fail(file, sentenceOf(error));
      result({ file, job: null, written: [], error: sentenceOf(error) });
      if (!(error instanceof CommandFailed || stop.aborted)) throw error;
    }
  };
  await inParallel(order.files, order.jobsAtOnce, oneFile, stop);
  if (stop.aborted) return exitCodes.interrupted;
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

async function fetchTranscripts(
  { jobId }: Job,
  outputs: Output[] | undefined,
  server: VerbatimServer,
  print: (text: string) => void,
  stop: AbortSignal,
): Promise<string[]> {
  if (!outputs) {
    print(await server.transcript(jobId, 'txt', stop));
    return [];
  }
  for (const { format, path } of outputs)
    await writeWhole(path, await server.transcript(jobId, format, stop));
  return outputs.map(({ path }) => path);
}

/** A file that is there is whole. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  } catch (cause) {
    throw new CommandFailed(`${path} can't be written.`, { cause });
  }
}

function summary(job: Job, written: string[]): string {
  const facts = [clock(job.durationSeconds ?? 0), ...(job.language ? [job.language] : []), ...job.warnings];
  return `done (${facts.join(', ')})${written.length > 0 ? ` -> ${written.join(', ')}` : ''}`;
}
