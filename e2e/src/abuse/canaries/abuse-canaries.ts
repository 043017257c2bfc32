import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@verbatim/domain';
import { samplePath, trueText } from '../../drivers/samples.ts';
import { waitFor } from '../../drivers/wait-for.ts';
import type { Report } from '../report.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Target } from '../target.ts';

const recording = 'en-short.wav';
const fileName = '=canaryname()"><img src=x>.wav';
const prompt = 'canaryprompt of a sentence before';
const keyword = 'canarykeyword';

/** Whole journeys with words that are easy to find, and then a search for them where they must not be (row 55). */
export async function abuseCanaries(target: Target, report: Report, { quick }: Surroundings): Promise<void> {
  const commandLines = new CommandLines(target);
  const answers: string[] = [];
  const journey = await completedJourney(target, answers);
  await failedJourney(target, answers);
  await wrongRequests(target, answers);
  const session = await signedIn(target);
  // Two rounds of the reconciler and of heartbeats.
  if (!quick) await sleep(12_000);
  commandLines.stop();

  const canaries = {
    'cookie of a session': session,
    ...journey.secrets,
    'API key': target.keys.ana,
    'mail address': target.anasMail,
    'name of the file': 'canaryname',
    prompt: 'canaryprompt',
    keyword,
    'what was said': trueText(recording).slice(0, 12),
  };
  const places: Record<string, string> = {
    logs: target.logLines().join('\n'),
    'what npm start prints': target.verbatim.output,
    metrics: (await metricsOf(target)).join('\n'),
    'error bodies': answers.join('\n'),
    'command lines': commandLines.seen(),
  };
  for (const [place, content] of Object.entries(places)) {
    const found = Object.entries(canaries).filter(([, canary]) => content.includes(canary));
    const problems = found.map(([name, canary]) => `${name}: ${contextOf(content, canary)}`);
    report.check(
      `no canary in ${place}`,
      [55],
      problems,
      `${Object.keys(canaries).length} canaries, ${content.length} characters`,
    );
  }
  const levels = places['logs']?.includes('"level":20') ? [] : ['no line of level debug was written'];
  report.check('the logs were as talkative as they can be', [55], levels);
  report.check(
    'a hostile name is text wherever it is shown',
    [57],
    await faultsOfShownName(target, journey.jobId),
  );
}

async function completedJourney({ ana, verbatim }: Target, answers: string[]) {
  const bytes = readFileSync(samplePath(recording));
  const created = await ana.json<{
    job: Job;
    upload: { url: string; fields: Record<string, string>; method: string };
  }>('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      fileName,
      contentType: 'audio/wav',
      sizeBytes: bytes.length,
      prompt,
      keywords: [keyword],
    }),
  });
  const { jobId } = created.job;
  await ana.sendForm(created, bytes, fileName);
  await ana.announceUpload(jobId);
  await ana.waitUntil(jobId, 'COMPLETED');
  for (const format of ['json', 'txt', 'srt', 'vtt', 'tsv', 'md'] as const)
    await ana.transcriptAs(jobId, format);
  const mail = await waitFor('the mail', async () =>
    (await verbatim.mails()).find((eml) => eml.includes(jobId)),
  );
  const token = /\/d\/([\w.~-]+)/.exec(mail.replace(/=\r?\n/g, '').replace(/=3D/g, '='))?.[1] ?? '';
  const redirect = await fetch(`${verbatim.baseUrl}/d/${token}`, { redirect: 'manual' });
  const address = redirect.headers.get('location') ?? '';
  await (await fetch(address)).text();
  // The form a second time, a signature with a letter changed: what is refused is written down, too.
  for (const again of [
    created,
    { ...created, upload: { ...created.upload, url: created.upload.url.replace(jobId, `${jobId}0`) } },
  ]) {
    answers.push(await (await ana.sendForm(again, bytes, fileName)).text());
  }
  answers.push(
    await (await fetch(`${address}x`)).text(),
    await (await fetch(`${verbatim.baseUrl}/d/${token}x`)).text(),
  );
  const secrets = {
    'signature of the form': created.upload.fields['signature'] ?? '-',
    'policy of the form': created.upload.fields['policy'] ?? '-',
    'signature of the download': new URL(address).searchParams.get('signature') ?? '-',
    'token of the mail': token,
  };
  return { jobId, secrets };
}

/** As the page does, and once with a cookie that was changed. Returns the cookie's value. */
async function signedIn({ keys, verbatim }: Target): Promise<string> {
  const headers = { 'content-type': 'application/json', 'x-verbatim-page': '1' };
  const address = `${verbatim.baseUrl}/v1/session`;
  const body = JSON.stringify({ apiKey: keys.ana });
  const answer = await fetch(address, { method: 'POST', headers, body });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  for (const sent of [cookie, `${cookie}x`]) await fetch(address, { headers: { ...headers, cookie: sent } });
  return cookie.slice(cookie.indexOf('=') + 1);
}

/** A file that is none, with the same words around it. */
async function failedJourney({ ana }: Target, answers: string[]): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ prompt, keywords: keyword })) form.append(name, value);
  form.append('file', new Blob(['canaryprompt is no audio']), fileName);
  const { job_id: jobId } = await ana.json<{ job_id: string }>('/upload-audio/', {
    method: 'POST',
    body: form,
  });
  await ana.waitUntil(jobId, 'FAILED');
  answers.push(await (await ana.fetch(`/v1/jobs/${jobId}/transcript`)).text());
}

/** What is wrong in a request must not be written down with the request. */
async function wrongRequests({ ana, keys, verbatim }: Target, answers: string[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const bodies = [
    `{"fileName":"${keyword}`,
    JSON.stringify({ fileName: `${keyword}\0`, contentType: prompt, sizeBytes: 1 }),
  ];
  for (const body of bodies) await (await ana.fetch('/v1/jobs', { method: 'POST', headers, body })).text();
  const keyInThePath = await fetch(
    `${verbatim.baseUrl}/v1/jobs?key=${keys.ana}&prompt=${encodeURIComponent(prompt)}`,
  );
  answers.push(await keyInThePath.text());
  const wrong = await fetch(`${verbatim.baseUrl}/v1/jobs`, {
    headers: { authorization: `Bearer ${keys.ana}x` },
  });
  answers.push(await wrong.text());
}

async function metricsOf({ verbatim }: Target): Promise<string[]> {
  const ports = await verbatim.healthPorts();
  return Promise.all(ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
}

/** In a mail, in a header and in Markdown. */
async function faultsOfShownName(target: Target, jobId: string): Promise<string[]> {
  const faults: string[] = [];
  const mails = (await target.verbatim.mails()).map((mail) => mail.replace(/=\r?\n/g, ''));
  if (mails.some((mail) => /<img/i.test(mail.slice(mail.indexOf('<!doctype')))))
    faults.push('the mail holds a picture');
  const shown = await target.ana.fetch(`/v1/jobs/${jobId}/transcript?format=md&download`);
  const disposition = shown.headers.get('content-disposition') ?? '';
  if (!/^attachment; filename="[^"\\/<>]*"; filename\*=UTF-8''[^\s<>"]*$/.test(disposition))
    faults.push(`the header ${disposition}`);
  if (/(?<!\\)<img/.test(await shown.text())) faults.push('Markdown holds a picture');
  if (!shown.headers.get('content-type')?.startsWith('text/markdown'))
    faults.push('Markdown is served as something else');
  return faults;
}

function contextOf(content: string, canary: string): string {
  const at = content.indexOf(canary);
  return content.slice(Math.max(0, at - 120), at + canary.length + 20).replaceAll('\n', ' ');
}

/** What other users of the machine can read of our processes: looked at again and again, since ffmpeg lives for a moment. */
class CommandLines {
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor({ verbatim }: Target) {
    const look = () => {
      for (const { command } of verbatim.processes()) this.#seen.add(command);
    };
    look();
    this.#timer = setInterval(look, 50);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  seen(): string {
    return [...this.#seen].join('\n');
  }
}
