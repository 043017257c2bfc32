import { answerOf, type components, server } from '../server/server-client.ts';
import { ServerProblem } from '../server/server-problem.ts';
import { arrivedBytes, boundsOf, missingParts } from './missing-parts.ts';
import { sendBytes } from './send-bytes.ts';

type MultipartUpload = components['schemas']['MultipartUpload'];
type SignedPart = components['schemas']['SignedParts']['parts'][number];

/** Of one file; how many of all files are under way, `sendBytes` decides. */
const partsAtOnce = 3;
const signedAtOnce = 10;
/** Addresses end after a quarter of an hour. Measured from their arrival, since clocks differ. */
const usableMs = 10 * 60_000;

/**
 * Sends what has not arrived yet, each part straight to storage. What one part ends with, others under way are let finish:
 * nothing that is nearly there is thrown away. @throws ServerProblem
 */
export async function sendInParts(
  file: Blob,
  { jobId, upload }: { jobId: string; upload: MultipartUpload },
  { signal, onProgress }: { signal: AbortSignal; onProgress(sentBytes: number): void },
): Promise<void> {
  const missing = missingParts(upload);
  const addresses = new PartAddresses(jobId, missing, signal);
  const underWay = new Map<number, number>();
  let arrived = arrivedBytes(upload);
  const tell = () => onProgress(arrived + [...underWay.values()].reduce((sum, bytes) => sum + bytes, 0));
  tell();

  const waiting = [...missing];
  async function sendOneAfterTheOther(): Promise<void> {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const partNumber = part;
      const { start, end } = boundsOf(partNumber, upload, file.size);
      const progress = (sent: number) => {
        underWay.set(partNumber, Math.min(sent, end - start));
        tell();
      };
      try {
        await sendPart(file.slice(start, end), partNumber, addresses, { signal, onProgress: progress });
        arrived += end - start;
      } catch (error) {
        waiting.length = 0;
        throw error;
      } finally {
        underWay.delete(partNumber);
        tell();
      }
    }
  }
  const lanes = Array.from({ length: partsAtOnce }, sendOneAfterTheOther);
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
}

async function sendPart(
  body: Blob,
  partNumber: number,
  addresses: PartAddresses,
  sending: { signal: AbortSignal; onProgress(sentBytes: number): void },
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { method, url, headers } = await addresses.of(partNumber);
    try {
      await sendBytes({ method, url, headers, body }, sending);
      return;
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      // Its time is over, by storage's own clock.
      if (error.status === 403 && tries === 1) addresses.forget(partNumber);
      // Joined or given up elsewhere: the server knows which.
      else if (error.status === 404) throw uploadGone(error);
      else throw error;
    }
  }
}

/** For a moment only: asked again, the server says what has become of the upload. */
function uploadGone(cause: ServerProblem): ServerProblem {
  return new ServerProblem({ code: 'upload.gone', status: 503, message: cause.message, cause });
}

/** Addresses are asked for when they are needed, and a few in advance. */
class PartAddresses {
  private readonly jobId: string;
  private readonly missing: readonly number[];
  private readonly signal: AbortSignal;
  private readonly signed = new Map<number, { part: SignedPart; at: number }>();
  private signing: Promise<void> | null = null;

  constructor(jobId: string, missing: readonly number[], signal: AbortSignal) {
    this.jobId = jobId;
    this.missing = missing;
    this.signal = signal;
  }

  async of(partNumber: number): Promise<SignedPart> {
    for (;;) {
      const known = this.signed.get(partNumber);
      if (known && performance.now() - known.at < usableMs) return known.part;
      this.signing ??= this.sign(partNumber).finally(() => {
        this.signing = null;
      });
      await this.signing;
    }
  }

  forget(partNumber: number): void {
    this.signed.delete(partNumber);
  }

  private async sign(first: number): Promise<void> {
    const from = this.missing.indexOf(first);
    const partNumbers = this.missing.slice(from, from + signedAtOnce);
    const { parts } = await answerOf(
      server.POST('/v1/jobs/{jobId}/upload/parts', {
        params: { path: { jobId: this.jobId } },
        body: { partNumbers },
        signal: this.signal,
      }),
    );
    for (const part of parts) this.signed.set(part.partNumber, { part, at: performance.now() });
  }
}
