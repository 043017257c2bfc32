import type { CreatedJob, VerbatimClient } from '../../drivers/verbatim-client.ts';
import type { Target } from '../target.ts';

const mostFormMinutes = 15;
const announcedBytes = 100;

type Attempt = [name: string, statuses: number[], send: () => Promise<Response>];

/** What storage signed for an upload, used for what it was not signed for (row 52). Returns what passed. */
export async function faultsOfPresigned({ ana, ben }: Target): Promise<string[]> {
  const create = (client: VerbatimClient, upload = 'post') =>
    client.createJob({ fileName: 'a.mp3', sizeBytes: announcedBytes, upload });
  const foreign = await create(ana);
  const form = await create(ben);
  const put = await create(ben, 'put');
  const faults: string[] = [];
  const { expiresAt } = form.upload as CreatedJob['upload'] & { expiresAt: string };
  if (Date.parse(expiresAt) > Date.now() + mostFormMinutes * 60_000) faults.push('a form holds for too long');
  for (const [name, statuses, send] of [...withForm(form, foreign, ben), ...withPut(put, foreign)]) {
    const { status } = await send();
    if (!statuses.includes(status)) faults.push(`${name}: ${status}, not ${statuses.join(' or ')}`);
  }
  return faults;
}

/** In this order: the form holds once, so what it is meant for comes late. */
function withForm(form: CreatedJob, foreign: CreatedJob, ben: VerbatimClient): Attempt[] {
  const { job, upload } = form;
  const key = upload.fields?.['key'] ?? '';
  const foreignKey = foreign.upload.fields?.['key'] ?? '';
  const send = (changed: Partial<CreatedJob['upload']>, bytes = announcedBytes) =>
    ben.sendForm({ job, upload: { ...upload, ...changed } }, new Uint8Array(bytes), 'a.mp3');
  const fields = (changed: Record<string, string>) => send({ fields: { ...upload.fields, ...changed } });
  const at = (path: string) => send({ url: upload.url.replace(key, path) });
  const outside = ['../../x', '%2e%2e/%2e%2e/x', 'ben/x', `${key}/x`, `${key}%00`];
  const asQuery = `${upload.url}?${new URLSearchParams(upload.fields).toString()}`;
  return [
    ['more bytes than announced', [413], () => send({}, announcedBytes + 1)],
    ['no bytes', [400], () => send({}, 0)],
    ['another type', [403], () => fields({ 'Content-Type': 'text/html' })],
    ['the key of somebody else in the form', [403], () => fields({ key: foreignKey })],
    ['the key of somebody else in the address', [403], () => at(foreignKey)],
    ...outside.map((path): Attempt => [`the key ${path}`, [400, 403, 404], () => at(path)]),
    ['a policy of our own', [403], () => fields({ policy: forged(upload.fields?.['policy'] ?? '') })],
    ['a signature of nothing', [403], () => fields({ signature: '' })],
    ['no fields', [403], () => send({ fields: {} })],
    ...['GET', 'PUT', 'DELETE', 'PATCH'].map(
      (method): Attempt => [`${method} with a form`, [403, 404], () => fetch(asQuery, { method })],
    ),
    ['the form as it is meant', [204], () => send({})],
    ['the form once more', [409], () => send({})],
  ];
}

function withPut({ job, upload }: CreatedJob, foreign: CreatedJob): Attempt[] {
  const put = (changed: { bytes?: number; url?: string; type?: string } = {}) => {
    const { bytes = announcedBytes, url = upload.url, type } = changed;
    const headers = type === undefined ? (upload.headers ?? {}) : { 'content-type': type };
    return fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  };
  const elsewhere = upload.url.replace(job.jobId, foreign.job.jobId);
  return [
    ['PUT of more bytes', [413], () => put({ bytes: announcedBytes + 1 })],
    ['PUT of another type', [403], () => put({ type: 'text/html' })],
    ['PUT at another key', [403], () => put({ url: elsewhere })],
    ['the download of an upload', [403, 404], () => fetch(upload.url)],
    ['PUT as it is meant', [200], () => put()],
    ['PUT once more', [409], () => put()],
  ];
}

/** Ranges on a signed download: whole, a part or none, and never a fault. */
export async function faultsOfRanges(address: string): Promise<string[]> {
  const ranges: Record<string, number[]> = {
    'bytes=0-': [206],
    'bytes=0-0': [206],
    'bytes=-1': [206],
    'bytes=-0': [200, 416],
    'bytes=999999999-': [416],
    'bytes=5-2': [200, 416],
    'bytes=0-99999999999999999999': [206],
    'bytes=-99999999999999999999': [200, 206, 416],
    'bytes=abc': [200, 416],
    'evil=0-1': [200],
    'bytes=0x0-0x5': [200, 206, 416],
    [`bytes=${Array.from({ length: 1_000 }, () => '0-').join(',')}`]: [200, 206],
    [`bytes=${Array.from({ length: 1_000 }, (_, index) => `${index}-${index}`).join(',')}`]: [200, 206, 416],
  };
  const faults: string[] = [];
  for (const [range, statuses] of Object.entries(ranges)) {
    const answer = await fetch(address, { headers: { range } });
    await answer.arrayBuffer();
    if (!statuses.includes(answer.status))
      faults.push(`${range.slice(0, 40)}: ${answer.status}, not ${statuses.join(' or ')}`);
  }
  return faults;
}

/** The policy with a thousand times the size, under the signature of the old one. */
function forged(policy: string): string {
  const content = JSON.parse(Buffer.from(policy, 'base64url').toString()) as object;
  return Buffer.from(JSON.stringify({ ...content, maxBytes: 100_000 })).toString('base64url');
}

/** The address of a transcript's text, as the link of a mail leads to it. */
export async function downloadAddress(target: Target, client: VerbatimClient): Promise<string> {
  const mails = (await target.verbatim.mails()).map((mail) =>
    mail.replace(/=\r?\n/g, '').replace(/=3D/g, '='),
  );
  const links = mails.flatMap((mail) => /http:\/\/localhost:\d+(\/d\/[\w.~-]+)/.exec(mail)?.[1] ?? []);
  const redirect = await client.fetch(links.at(-1) ?? '/no/link', { redirect: 'manual' });
  return redirect.headers.get('location') ?? '';
}
