import { describe, expect, it, vi } from 'vitest';
import type { ObjectStore, PresignedUpload, UploadTerms } from '../../ports/object-store.ts';
import { bytesOf, readAll } from '../bytes.ts';

/** What the storage behind the presigned addresses sees to. Emulators don't all look at signatures and dates. */
export interface PresignAbilities {
  refusesForgedPost: boolean;
  refusesForgedPut: boolean;
  refusesForgedDownload: boolean;
  refusesExpired: boolean;
  /** An upload form or address works once. */
  refusesSecondUpload: boolean;
}

type PostUpload = Extract<PresignedUpload, { method: 'POST' }>;
type PutUpload = Extract<PresignedUpload, { method: 'PUT' }>;

const postTerms: UploadTerms = {
  method: 'POST',
  contentType: 'audio/mpeg',
  sizeBytes: 1_000,
  minSizeBytes: 10,
  expiresInSeconds: 600,
};
const putTerms: UploadTerms = {
  method: 'PUT',
  contentType: 'audio/mpeg',
  sizeBytes: 100,
  expiresInSeconds: 600,
};
const file = (sizeBytes: number) => new Uint8Array(sizeBytes).fill(7);

/** The addresses are really used, over HTTP, as a browser would. */
export function presignContract(store: () => ObjectStore, abilities: PresignAbilities): void {
  describe('presigned POST', () => acceptsForms(store, abilities));
  describe('presigned PUT', () => acceptsPuts(store, abilities));
  describe('presigned download', () => servesDownloads(store, abilities));
}

async function presignPost(store: ObjectStore, key: string, terms = postTerms): Promise<PostUpload> {
  const upload = await store.presignUpload(key, terms);
  if (upload.method !== 'POST') expect.fail('asked for a form');
  return upload;
}

async function presignPut(store: ObjectStore, key: string, terms = putTerms): Promise<PutUpload> {
  const upload = await store.presignUpload(key, terms);
  if (upload.method !== 'PUT') expect.fail('asked for an address to PUT to');
  return upload;
}

/** The answer's status; nothing of the answer stays open. */
async function statusOf(response: Promise<Response>): Promise<number> {
  const answer = await response;
  await answer.arrayBuffer();
  return answer.status;
}

function postFile(
  upload: PostUpload,
  body: Uint8Array,
  fields: Record<string, string> = {},
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...upload.fields, ...fields })) form.set(name, value);
  form.set('file', new Blob([Uint8Array.from(body)]), 'meeting.mp3');
  return statusOf(fetch(upload.url, { method: 'POST', body: form }));
}

function putFile(upload: PutUpload, body: Uint8Array, headers: Record<string, string> = {}): Promise<number> {
  const init = { method: 'PUT', headers: { ...upload.headers, ...headers }, body: Uint8Array.from(body) };
  return statusOf(fetch(upload.url, init));
}

function isAccepted(status: number): boolean {
  return status >= 200 && status < 300;
}

async function expectRefused(store: ObjectStore, key: string, status: Promise<number>): Promise<void> {
  // A server may also hang up on a body that it does not want.
  const answer = await status.catch(() => 400);
  expect(answer).toBeGreaterThanOrEqual(400);
  expect(answer).toBeLessThan(500);
  expect(await store.head('audio', key)).toBeNull();
}

/** Signatures are hex or base64url: another first letter is another signature of the same form. */
function forged(text: string): string {
  return (text.startsWith('a') ? 'b' : 'a') + text.slice(1);
}

function forgedAddress(url: string): string {
  const address = new URL(url);
  const name = [...address.searchParams.keys()].find((key) => /signature$/i.test(key));
  if (!name) expect.fail('the address has no signature');
  address.searchParams.set(name, forged(address.searchParams.get(name) ?? ''));
  return address.href;
}

async function waitUntil(time: number): Promise<void> {
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(time), { timeout: 10_000, interval: 50 });
}

function acceptsForms(store: () => ObjectStore, abilities: PresignAbilities): void {
  it.each([10, 500, 1_000])('accepts a file of %i bytes, within the range', async (sizeBytes) => {
    const key = `post/fits-${sizeBytes}`;
    const upload = await presignPost(store(), key);

    expect(isAccepted(await postFile(upload, file(sizeBytes)))).toBe(true);

    expect(await store().head('audio', key)).toMatchObject({ sizeBytes, contentType: 'audio/mpeg' });
    expect(upload.expiresAt).toBeGreaterThan(Date.now() + 590_000);
    expect(upload.expiresAt).toBeLessThanOrEqual(Date.now() + 610_000);
  });

  it.each([0, 9, 1_001, 3 * 2 ** 20])('refuses a file of %i bytes, out of the range', async (sizeBytes) => {
    const key = `post/size-${sizeBytes}`;
    const upload = await presignPost(store(), key);

    await expectRefused(store(), key, postFile(upload, file(sizeBytes)));
  });

  it('refuses another type', async () => {
    const upload = await presignPost(store(), 'post/type');

    await expectRefused(store(), 'post/type', postFile(upload, file(100), { 'Content-Type': 'text/html' }));
  });

  it('refuses another key', async () => {
    const upload = await presignPost(store(), 'post/mine');

    await expectRefused(store(), 'post/yours', postFile(upload, file(100), { key: 'post/yours' }));
    expect(await store().head('audio', 'post/mine')).toBeNull();
  });

  it('serves no other verb', async () => {
    const upload = await presignPost(store(), 'post/verb');
    await store().put('audio', 'post/verb-kept', file(100), { contentType: 'audio/mpeg' });
    const kept = { ...upload, url: upload.url.replace('post/verb', 'post/verb-kept') };

    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const body = method === 'GET' || method === 'HEAD' ? {} : { body: file(100) };
      const url = `${kept.url}?${new URLSearchParams(kept.fields).toString()}`;
      const answer = await statusOf(fetch(url, { method, ...body })).catch(() => 400);
      expect(answer, method).toBeGreaterThanOrEqual(400);
    }
    expect(await store().head('audio', 'post/verb')).toBeNull();
    expect(await store().head('audio', 'post/verb-kept')).toMatchObject({ sizeBytes: 100 });
  });

  if (abilities.refusesForgedPost) {
    it('refuses a forged signature, and a form that was altered', async () => {
      const upload = await presignPost(store(), 'post/forged');
      const generous = await presignPost(store(), 'post/forged', { ...postTerms, sizeBytes: 2_000 });
      const name = Object.keys(upload.fields).find((field) => /signature$/i.test(field)) ?? '';
      const signature = upload.fields[name] ?? '';

      await expectRefused(store(), 'post/forged', postFile(upload, file(100), { [name]: forged(signature) }));
      await expectRefused(store(), 'post/forged', postFile(generous, file(100), { [name]: signature }));
    });
  }

  if (abilities.refusesExpired) {
    it('refuses a form that has expired', async () => {
      const upload = await presignPost(store(), 'post/expired', { ...postTerms, expiresInSeconds: 1 });
      await waitUntil(upload.expiresAt + 1_000);

      await expectRefused(store(), 'post/expired', postFile(upload, file(100)));
    });
  }

  if (abilities.refusesSecondUpload) {
    it('refuses a second file', async () => {
      const upload = await presignPost(store(), 'post/twice');
      await postFile(upload, file(100));

      expect(isAccepted(await postFile(upload, file(200)))).toBe(false);

      expect(await store().head('audio', 'post/twice')).toMatchObject({ sizeBytes: 100 });
    });
  }
}

function acceptsPuts(store: () => ObjectStore, abilities: PresignAbilities): void {
  it('accepts a file of the announced size', async () => {
    const upload = await presignPut(store(), 'put/fits');

    expect(isAccepted(await putFile(upload, file(100)))).toBe(true);

    const stored = await store().get('audio', 'put/fits');
    expect(stored).toMatchObject({ sizeBytes: 100, contentType: 'audio/mpeg' });
    expect(await readAll(stored.body)).toEqual(Buffer.from(file(100)));
  });

  if (abilities.refusesForgedPut) {
    it.each([0, 99, 101, 3 * 2 ** 20])('refuses a file of %i bytes instead', async (sizeBytes) => {
      const key = `put/size-${sizeBytes}`;
      const upload = await presignPut(store(), key);

      await expectRefused(store(), key, putFile(upload, file(sizeBytes)));
    });

    it('refuses another type', async () => {
      const upload = await presignPut(store(), 'put/type');

      await expectRefused(store(), 'put/type', putFile(upload, file(100), { 'Content-Type': 'text/html' }));
    });

    it('serves no other verb', async () => {
      const { url } = await presignPut(store(), 'put/verb');
      await store().put('audio', 'put/verb', file(100), { contentType: 'audio/mpeg' });

      for (const method of ['GET', 'HEAD', 'DELETE', 'PATCH', 'POST']) {
        const body = method === 'GET' || method === 'HEAD' ? {} : { body: file(100) };
        const answer = await statusOf(fetch(url, { method, ...body })).catch(() => 400);
        expect(answer, method).toBeGreaterThanOrEqual(400);
      }
      expect(await store().head('audio', 'put/verb')).toMatchObject({ sizeBytes: 100 });
    });

    it('refuses another key, and a forged signature', async () => {
      const upload = await presignPut(store(), 'put/mine');
      const elsewhere = { ...upload, url: upload.url.replace('put/mine', 'put/yours') };

      await expectRefused(store(), 'put/yours', putFile(elsewhere, file(100)));
      await expectRefused(
        store(),
        'put/mine',
        putFile({ ...upload, url: forgedAddress(upload.url) }, file(100)),
      );
    });
  }

  if (abilities.refusesExpired) {
    it('refuses an address that has expired', async () => {
      const upload = await presignPut(store(), 'put/expired', { ...putTerms, expiresInSeconds: 1 });
      await waitUntil(upload.expiresAt + 1_000);

      await expectRefused(store(), 'put/expired', putFile(upload, file(100)));
    });
  }

  if (abilities.refusesSecondUpload) {
    it('refuses a second file', async () => {
      const upload = await presignPut(store(), 'put/twice');
      await putFile(upload, file(100));

      expect(isAccepted(await putFile(upload, file(100).fill(8)))).toBe(false);

      const { body } = await store().get('audio', 'put/twice');
      expect(await readAll(body)).toEqual(Buffer.from(file(100)));
    });
  }
}

function servesDownloads(store: () => ObjectStore, abilities: PresignAbilities): void {
  const fileName = 'Besprechung "Zürich"; 会議.txt';
  const sign = async (key: string, expiresInSeconds = 600) => {
    await store().put('transcripts', key, bytesOf('what was said'), { contentType: 'text/plain' });
    return store().presignDownload('transcripts', key, { expiresInSeconds, fileName });
  };

  it('gives the object to whoever has the address, to be saved under the name that was given', async () => {
    const response = await fetch(await sign('down/r1-1/transcript.txt'));

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('what was said');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment/);
    // RFC 6266: names beyond ASCII travel percent-encoded.
    const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1] ?? '';
    expect(decodeURIComponent(encoded)).toBe(fileName);
  });

  if (abilities.refusesForgedDownload) {
    it('refuses another key, and a forged signature', async () => {
      const url = await sign('down/mine');
      await sign('down/yours');

      expect(await statusOf(fetch(url.replace('down/mine', 'down/yours')))).toBe(403);
      expect(await statusOf(fetch(forgedAddress(url)))).toBe(403);
    });
  }

  if (abilities.refusesExpired) {
    it('refuses an address that has expired', async () => {
      const url = await sign('down/expired', 1);
      await waitUntil(Date.now() + 2_000);

      expect(await statusOf(fetch(url))).toBe(403);
    });
  }
}
