/** 128 random bits. `crypto.randomUUID` is there over https and on this very machine only; this is everywhere. */
export function newUploadKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
