// k6 run -e BASE_URL=http://localhost:8000 -e REQUESTS=10 -e WORKERS=5 loadtest/src/transcribe.k6.ts
//
// One iteration is what a client does: create a job, send the file straight to storage, announce it, wait for the
// transcript and look at it. Works against any platform, since it follows the addresses that the api hands out.
import { check, fail, sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const baseUrl = __ENV['BASE_URL'] ?? 'http://localhost:8000';
const samplePath = __ENV['SAMPLE'] ?? '../../test_sample/en-short.wav';
const contentType = __ENV['CONTENT_TYPE'] ?? 'audio/wav';
const expectedText = __ENV['EXPECTED_TEXT'] ?? '';
const requests = Number(__ENV['REQUESTS'] ?? 10);
const workers = Number(__ENV['WORKERS'] ?? 5);
const waitSeconds = Number(__ENV['WAIT_SECONDS'] ?? 600);
// All clients together ask five times a second: well below the server's default limit of 600 requests a minute.
const pollSeconds = Number(__ENV['POLL_SECONDS'] || Math.max(1, workers / 5));
const sample = open(samplePath, 'b');

/** A server that says "later" is at work as it should be. */
const doneOrLater = http.expectedStatuses({ min: 200, max: 399 }, 429);

const completed = new Counter('verbatim_jobs_completed');
const simulated = new Counter('verbatim_jobs_simulated');
const throttled = new Counter('verbatim_requests_throttled');
const uploadTime = new Trend('verbatim_upload_time', true);
const timeToStart = new Trend('verbatim_time_to_start', true);
const transcriptionTime = new Trend('verbatim_transcription_time', true);
const totalTime = new Trend('verbatim_total_time', true);

export const options = {
  scenarios: {
    transcribe: { executor: 'shared-iterations', vus: workers, iterations: requests, maxDuration: '24h' },
  },
  summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'max'],
  thresholds: {
    // An error in this script ends an iteration without failing a check: only the count tells.
    verbatim_jobs_completed: [`count==${requests}`],
    checks: ['rate==1'],
    http_req_failed: ['rate<0.01'],
  },
};

type Response = RefinedResponse<'text'>;

interface Job {
  jobId: string;
  status: string;
  createdAt: string;
  startedAt: string;
  finishedAt: string;
  error: { code: string } | null;
  warnings: string[];
}

interface Upload {
  url: string;
  fields: Record<string, string>;
}

export default function transcribe(): void {
  const started = Date.now();
  const { job, upload } = createJob();
  const sent = politely(() => sendForm(upload));
  if (!check(sent, { 'the file is stored (2xx)': ({ status }) => status >= 200 && status < 300 })) {
    fail(`storage answers ${sent.status}`);
  }
  const announced = politely(() => http.post(`${jobUrl(job)}/uploaded`, null, asUser('uploaded')));
  check(announced, { 'the upload is accepted (202)': ({ status }) => status === 202 });
  uploadTime.add(Date.now() - started);

  const end = waitForTheEnd(job);
  if (!check(end, { 'the job is COMPLETED': ({ status }) => status === 'COMPLETED' })) {
    fail(`${job.jobId}: ${end.status} (${end.error?.code ?? `after ${(Date.now() - started) / 1000} s`})`);
  }
  expectTheTranscript(job);
  // By the server's clock, since we only ask from time to time.
  const created = Date.parse(end.createdAt);
  const begun = Date.parse(end.startedAt);
  const done = Date.parse(end.finishedAt);
  timeToStart.add(begun - created);
  transcriptionTime.add(done - begun);
  totalTime.add(done - created);
  completed.add(1);
  if (end.warnings.includes('simulated')) simulated.add(1);
}

function createJob(): { job: Job; upload: Upload } {
  const fileName = samplePath.split('/').at(-1);
  const body = JSON.stringify({ fileName, contentType, sizeBytes: sample.byteLength });
  const created = politely(() => http.post(`${baseUrl}/v1/jobs`, body, asUser('create')));
  if (!check(created, { 'the job is created (201)': ({ status }) => status === 201 })) {
    fail(`POST /v1/jobs answers ${created.status} ${created.body ?? created.error}`);
  }
  return created.json() as unknown as { job: Job; upload: Upload };
}

function waitForTheEnd(job: Job): Job {
  const giveUpAt = Date.now() + waitSeconds * 1000;
  for (let last = job; ; sleep(pollSeconds)) {
    const response = politely(() => http.get(jobUrl(job), asUser('status')));
    if (response.status === 200) last = response.json() as unknown as Job;
    const ended = ['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED'].includes(last.status);
    if (ended || Date.now() > giveUpAt) return last;
  }
}

function expectTheTranscript(job: Job): void {
  const transcript = politely(() => http.get(`${jobUrl(job)}/transcript?format=json`, asUser('transcript')));
  const good = check(transcript, { 'the transcript is there (200)': ({ status }) => status === 200 });
  if (!good || expectedText === '') return;
  check(transcript, {
    'its text is what was said': (response) => (response.json('text') as unknown as string) === expectedText,
  });
}

function jobUrl({ jobId }: Job): string {
  return `${baseUrl}/v1/jobs/${jobId}`;
}

/** Params of a request to the api; `name` keeps the requests of all jobs together in k6's outputs. */
function asUser(name: string) {
  const key = __ENV['API_KEY'];
  return {
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    tags: { name },
    responseCallback: doneOrLater,
  };
}

/** Waits as long as the server asks for when there are too many requests (429), as storage of `local` may say, too. */
function politely(request: () => Response): Response {
  for (;;) {
    const response = request();
    if (response.status !== 429) return response;
    throttled.add(1);
    sleep(Number(response.headers['Retry-After'] ?? 1));
  }
}

/**
 * multipart/form-data (RFC 7578) by hand: S3 wants the file last, and k6 writes the parts of an object in any order.
 */
function sendForm({ url, fields }: Upload): Response {
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
    responseCallback: doneOrLater,
  });
}

function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  // k6's Uint8Array.from takes no string, and it has no TextEncoder.
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
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
