import { randomUUID } from 'node:crypto';
import { bytesOf, sendBytes } from './send-bytes.ts';
import { ServerRefused } from './server-errors.ts';
import type { UploadForm } from './verbatim-server.ts';

/** POSTs the form with the file as its last field, as S3 wants it, straight from the disk. @throws CommandFailed */
export async function sendFile(
  form: UploadForm,
  file: { path: string; sizeBytes: number },
  onBytes: (bytesDone: number) => void,
  stop: AbortSignal,
): Promise<void> {
  const boundary = `verbatim-${randomUUID()}`;
  const head = Buffer.from(
    [
      ...Object.entries(form.fields).map(
        ([name, value]) => `${part(boundary, `name="${name}"`)}\r\n${value}\r\n`,
      ),
      `${part(boundary, 'name="file"; filename="audio"')}Content-Type: application/octet-stream\r\n\r\n`,
    ].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* body() {
    yield head;
    yield* bytesOf(file.path, { start: 0, sizeBytes: file.sizeBytes }, onBytes);
    yield tail;
  }
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  const sizeBytes = head.length + file.sizeBytes + tail.length;
  try {
    await sendBytes({ method: 'POST', url: form.url, headers, sizeBytes }, body(), stop);
  } catch (error) {
    // An earlier try got through and only its answer was lost.
    if (!(error instanceof ServerRefused && error.code === 'upload.exists')) throw error;
  }
}

function part(boundary: string, name: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; ${name}\r\n`;
}
