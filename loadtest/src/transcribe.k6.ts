// k6 run -e BASE_URL=http://localhost:8000 -e REQUESTS=10 -e WORKERS=5 loadtest/src/transcribe.k6.ts
//
// One iteration is what a client does: create a job, send the file straight to storage, announce it, wait for the
// transcript and look at it. Works against any platform, since it follows the addresses that the api hands out.
import { check, fail, sleep } from 'k6';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const baseUrl = __ENV['BASE_URL'] ?? 'http://localhost:8000';
const samplePath = __ENV['SAMPLE'] ?? '../../test_sample/en-short.wav';
const contentType = __ENV['CONTENT_TYPE'] ?? 'audio/wav';
const expectedText = __ENV['EXPECTED_TEXT'] ?? '';
const waitSeconds = Number(__ENV['WAIT_SECONDS'] ?? 600);
const sample = open(samplePath, 'b');

const uploadDuration = new Trend('verbatim_upload_duration', true);
const transcriptionDuration = new Trend('verbatim_transcription_duration', true);
const completed = new Counter('verbatim_jobs_completed');

export const options = {
  scenarios: {
    transcribe: {
      executor: 'shared-iterations',
      vus: Number(__ENV['WORKERS'] ?? 5),
      iterations: Number(__ENV['REQUESTS'] ?? 10),
      maxDuration: '2h',
    },
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate<0.01'],
  },
};

interface Upload {
  url: string;
  fields: Record<string, string>;
}

export default function transcribe(): void {
  const started = Date.now();
  const created = http.post(
    `${baseUrl}/v1/jobs`,
    JSON.stringify({
      fileName: samplePath.split('/').at(-1),
      contentType,
      sizeBytes: sample.byteLength,
    }),
    { headers: { ...authorization(), 'content-type': 'application/json' }, tags: { name: 'create' } },
  );
  if (!check(created, { 'the job is created (201)': ({ status }) => status === 201 }))
    fail(String(created.body));
  const { job, upload } = created.json() as unknown as { job: { jobId: string }; upload: Upload };

  const sent = sendForm(upload);
  check(sent, { 'the file is stored (2xx)': ({ status }) => status >= 200 && status < 300 });
  uploadDuration.add(Date.now() - started);

  const announced = http.post(`${baseUrl}/v1/jobs/${job.jobId}/uploaded`, null, {
    headers: authorization(),
    tags: { name: 'uploaded' },
  });
  check(announced, { 'the upload is accepted (202)': ({ status }) => status === 202 });

  const status = waitForTheEnd(job.jobId);
  if (!check(status, { 'the job is COMPLETED': (value) => value === 'COMPLETED' })) return;
  transcriptionDuration.add(Date.now() - started);

  const transcript = http.get(`${baseUrl}/v1/jobs/${job.jobId}/transcript?format=json`, {
    headers: authorization(),
    tags: { name: 'transcript' },
  });
  check(transcript, {
    'the transcript is there (200)': ({ status }) => status === 200,
    'the text is what was said': (response) =>
      expectedText === '' || (response.json('text') as unknown as string) === expectedText,
  });
  completed.add(1);
}

function authorization(): Record<string, string> {
  const key = __ENV['API_KEY'];
  return key ? { authorization: `Bearer ${key}` } : {};
}

function waitForTheEnd(jobId: string): string {
  const giveUpAt = Date.now() + waitSeconds * 1000;
  while (Date.now() < giveUpAt) {
    const response = http.get(`${baseUrl}/v1/jobs/${jobId}`, {
      headers: authorization(),
      tags: { name: 'status' },
    });
    const status = response.status === 200 ? (response.json('status') as unknown as string) : 'unknown';
    if (['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED'].includes(status)) return status;
    sleep(1);
  }
  return 'still running';
}

/**
 * multipart/form-data (RFC 7578) by hand: S3 wants the file last, and k6 writes the parts of an object in any order.
 */
function sendForm({ url, fields }: Upload) {
  const boundary = `verbatim-${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
  const part = (name: string, rest: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}`;
  const head = Object.entries(fields)
    .map(([name, value]) => part(name, `\r\n\r\n${value}\r\n`))
    .concat(part('file', `; filename="audio"\r\nContent-Type: ${contentType}\r\n\r\n`))
    .join('');
  const body = joined([ascii(head), new Uint8Array(sample), ascii(`\r\n--${boundary}--\r\n`)]);
  return http.post(url, body, {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    tags: { name: 'upload' },
  });
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function joined(pieces: Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole.buffer;
}
