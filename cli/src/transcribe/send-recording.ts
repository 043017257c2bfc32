import { type PlannedPart, partsOf } from '@verbatim/domain';
import type { FileProgress } from '../progress/file-progress.ts';
import { keepTrying, type Patience } from '../server/keep-trying.ts';
import { bytesOf, sendBytes } from '../server/send-bytes.ts';
import { sendFile } from '../server/send-file.ts';
import type { UploadForm, UploadInParts, VerbatimServer } from '../server/verbatim-server.ts';
import { inParallel } from './in-parallel.ts';

export interface Recording {
  path: string;
  sizeBytes: number;
}

/** Up to here it costs little to send a file again that broke off near its end. */
const wholeUpToBytes = 64 * 2 ** 20;
/** Of one file: more fill no line any better. */
const partsAtOnce = 3;
/** A job is there by now: giving up costs more than waiting for the server to come back. */
const patienceMs = 120_000;
const abandonWithinMs = 5_000;

export function goesInParts({ sizeBytes }: Recording): boolean {
  return sizeBytes > wholeUpToBytes;
}

/** Brings a recording to its job, straight from the disk to storage. @throws CommandFailed; the signal's reason */
export async function sendRecording(
  recording: Recording,
  { jobId, upload }: { jobId: string; upload: UploadForm | UploadInParts },
  server: VerbatimServer,
  tell: (progress: FileProgress) => void,
  stop: AbortSignal,
): Promise<void> {
  const patience = { ms: patienceMs, onTrouble: (sentence: string) => tell({ step: 'trouble', sentence }) };
  const onBytes = (bytesDone: number) =>
    tell({ step: 'uploading', bytesDone, bytesTotal: recording.sizeBytes });
  if (upload.method === 'POST') {
    await keepTrying(() => sendFile(upload, recording, onBytes, stop), patience, stop);
    await server.announceUpload(jobId, stop);
    return;
  }
  try {
    await sendParts(recording, { jobId, upload }, server, { patience, onBytes }, stop);
    await server.completeUpload(jobId, stop);
  } catch (error) {
    // What has arrived would lie there, and count as an open job, for a day.
    await server.abandonUpload(jobId, AbortSignal.timeout(abandonWithinMs)).catch(() => {});
    throw error;
  }
}

/** Each part is tried again by itself: what breaks off costs the parts that are under way, and no others. */
async function sendParts(
  { path, sizeBytes }: Recording,
  { jobId, upload: { partSizeBytes } }: { jobId: string; upload: UploadInParts },
  server: VerbatimServer,
  { patience, onBytes }: { patience: Patience; onBytes: (bytesDone: number) => void },
  stop: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const ending = AbortSignal.any([stop, failed.signal]);
  const bytesOfParts = new Map<number, number>();
  const countPart = (partNumber: number, bytes: number) => {
    bytesOfParts.set(partNumber, bytes);
    onBytes(bytesOfParts.values().reduce((sum, part) => sum + part, 0));
  };

  async function sendPart({ partNumber, sizeBytes }: PlannedPart): Promise<void> {
    // Signed anew for each try, so that none grows too old.
    const { method, url, headers } = await server.signPart(jobId, partNumber, ending);
    const lies = { start: (partNumber - 1) * partSizeBytes, sizeBytes };
    const bytes = bytesOf(path, lies, (bytesDone) => countPart(partNumber, bytesDone));
    await sendBytes({ method, url, headers, sizeBytes }, bytes, ending);
  }
  async function keepSending(part: PlannedPart): Promise<void> {
    try {
      await keepTrying(() => sendPart(part), patience, ending);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }
  const plan = partsOf({ multipart: { partSizeBytes, uploadId: null }, sizeBytes });
  await inParallel(plan, partsAtOnce, keepSending, ending);
  stop.throwIfAborted();
}
