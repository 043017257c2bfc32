/** `job_` and a UUIDv7 (RFC 9562, section 5.7) without dashes: sorts by time, says nothing about its user. */
export function newJobId(now: number): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  return `job_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

const jobIdPattern = /^job_[0-9a-f]{32}$/;

export function isJobId(text: string): boolean {
  return jobIdPattern.test(text);
}

/** When the id was made, in milliseconds since 1970. */
export function timeOfJobId(jobId: string): number {
  return Number.parseInt(jobId.slice('job_'.length, 'job_'.length + 12), 16);
}

/** User ids become the first part of every key, so they are as plain as can be. */
export const userIdPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

const audioKeyPattern = /^([a-z0-9][a-z0-9_-]{0,63})\/(job_[0-9a-f]{32})\/audio\.[a-z0-9]{2,5}$/;

/** The only shape of a key in the audio bucket. The extension comes from our own list, never from a file's name. */
export function audioKeyOf(userId: string, jobId: string, extension: string): string {
  return `${userId}/${jobId}/audio.${extension}`;
}

/** The job that an uploaded object belongs to, or null for a key that is not ours. */
export function jobOfAudioKey(key: string): { userId: string; jobId: string } | null {
  const match = audioKeyPattern.exec(key);
  return match?.[1] && match[2] ? { userId: match[1], jobId: match[2] } : null;
}

/** Work in progress on one run of a job, gone when the run is over: chunks of its audio and what was heard in them. */
export function workPrefix(userId: string, jobId: string, run: number): string {
  return `work/${userId}/${jobId}/${run}/`;
}

/** Everything kept for a job lies under this prefix, in each bucket. */
export function jobPrefix(userId: string, jobId: string): string {
  return `${userId}/${jobId}/`;
}
