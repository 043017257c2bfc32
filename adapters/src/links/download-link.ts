import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '@verbatim/domain';

/** What `/d/{token}` stands for: the transcript that one run of a job made, until a moment. */
export interface DownloadLink {
  jobId: string;
  run: number;
  expiresAt: EpochMs;
}

/** A link in a mail works for a day. */
export const downloadLinkMs = 24 * 60 * 60_000;

const tokenPattern = /^(job_[0-9a-f]{32})\.(\d{1,9})\.(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

/** The token of `{PUBLIC_URL}/d/{token}`: readable fields and an HMAC-SHA256 over them. Whoever holds it may read. */
export function signDownloadLink(link: DownloadLink, secret: string): string {
  const claim = `${link.jobId}.${link.run}.${link.expiresAt}`;
  return `${claim}.${signatureOf(claim, secret)}`;
}

/** Null for a token that we did not sign; expiry is told apart from forgery, so that people can be told. */
export function readDownloadLink(
  token: string,
  secret: string,
  now: EpochMs,
): (DownloadLink & { expired: boolean }) | null {
  const [, jobId, run, expiresAt, signature] = tokenPattern.exec(token) ?? [];
  if (!jobId || !run || !expiresAt || !signature) return null;
  const expected = signatureOf(`${jobId}.${run}.${expiresAt}`, secret);
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return null;
  const link = { jobId, run: Number(run), expiresAt: Number(expiresAt) };
  return { ...link, expired: now >= link.expiresAt };
}

/** The first words keep these signatures apart from any other that the same secret may ever make. */
function signatureOf(claim: string, secret: string): string {
  return createHmac('sha256', secret).update(`download-link:${claim}`).digest('base64url');
}
