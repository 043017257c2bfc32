import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Job } from '@verbatim/domain';
import { CommandFailed } from '../command-failed.ts';
import type { ListeningOptions } from '../listening-options.ts';
import type { FileProgress } from '../progress/file-progress.ts';
import { progressOfJob } from '../progress/progress-of-job.ts';
import type { VerbatimServer } from '../server/verbatim-server.ts';
import { goesInParts, sendRecording } from './send-recording.ts';
import { waitForEnd } from './wait-for-end.ts';

const cancelWithinMs = 5_000;

/**
 * Sends one recording and waits until it is transcribed. When `stop` aborts, its job is cancelled on the server too.
 * @throws CommandFailed when there is no transcript at the end
 */
export async function transcribeFile(
  path: string,
  listening: ListeningOptions,
  server: VerbatimServer,
  tell: (progress: FileProgress) => void,
  stop: AbortSignal,
): Promise<Job> {
  const recording = { path, sizeBytes: await sizeOf(path) };
  const order = { ...listening, fileName: basename(path), sizeBytes: recording.sizeBytes };
  const { job, upload } = await server.createJob({ ...order, inParts: goesInParts(recording) }, stop);
  const { jobId } = job;
  try {
    if (upload) await sendRecording(recording, { jobId, upload }, server, tell, stop);

    const ended = await waitForEnd(server, jobId, (now) => tell(progressOfJob(now)), stop);
    if (ended.status === 'COMPLETED') return ended;
    throw new CommandFailed(whyWithoutTranscript(ended));
  } catch (error) {
    if (!stop.aborted) throw error;
    throw new CommandFailed(await cancelled(jobId, server), { cause: error });
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await stat(path).catch((cause: unknown) => {
    throw new CommandFailed('There is no such file, or it may not be read.', { cause });
  });
  if (!file.isFile()) throw new CommandFailed('This is a folder, not a recording.');
  if (file.size === 0) throw new CommandFailed('The file is empty.');
  return file.size;
}

function whyWithoutTranscript({ status, error }: Job): string {
  if (error) return error.message;
  return status === 'CANCELED' ? 'The job was cancelled.' : 'The job ended without a transcript.';
}

/** What became of the job of a file that is no longer wanted. */
async function cancelled(jobId: string, server: VerbatimServer): Promise<string> {
  try {
    await server.cancelJob(jobId, AbortSignal.timeout(cancelWithinMs));
    return 'Interrupted: its job is cancelled.';
  } catch {
    return `Interrupted, but the server did not confirm it: see "verbatim status ${jobId}".`;
  }
}
