import { describe, expect, it, vi } from 'vitest';
import { ObjectChanged, ObjectExists, ObjectMissing } from '../../errors.ts';
import type { PresignedPart, UploadPart } from '../../ports/multipart-uploads.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { bytesOf, readAll } from '../bytes.ts';
import type { PresignAbilities } from './presign.contract.ts';

interface Subject {
  store: ObjectStore;
  leftovers?(): Promise<string[]>;
  sendPart?(part: PresignedPart, bytes: Uint8Array): Promise<void>;
}

/** The smallest that S3 takes for a part that is not the last. */
const partBytes = 5 * 2 ** 20;
const part = (fill: number, sizeBytes = partBytes) => new Uint8Array(sizeBytes).fill(fill);

/** `abilities`: what the storage behind the addresses sees to; absent where they lead nowhere. */
export function multipartContract(subject: () => Subject, abilities: PresignAbilities | undefined): void {
  describe('multipart uploads', () => {
    joinsParts(subject);
    endsOnce(subject);
    if (abilities) addressesOfParts(subject, abilities);
  });
}

/** As a client does: with an address for just this part. */
async function send(subject: Subject, key: string, uploadId: string, partNumber: number, bytes: Uint8Array) {
  const terms = { partNumber, sizeBytes: bytes.length, expiresInSeconds: 600 };
  const address = await subject.store.multipart.presignPart({ key, uploadId }, terms);
  if (subject.sendPart) return subject.sendPart(address, bytes);
  expect(await statusOf(address, bytes)).toBe(200);
}

async function statusOf({ url, headers }: PresignedPart, body: Uint8Array): Promise<number> {
  const response = await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(body) });
  await response.arrayBuffer();
  return response.status;
}

async function begun({ store }: Subject, key: string) {
  return { key, uploadId: await store.multipart.begin(key, 'audio/mpeg') };
}

const sizes = (parts: UploadPart[]) => parts.map(({ partNumber, sizeBytes }) => [partNumber, sizeBytes]);

function joinsParts(subject: () => Subject): void {
  it('makes one object of parts that came in any order, one of them twice', async () => {
    const { store } = subject();
    const upload = await begun(subject(), 'parts/job_1/audio.mp3');
    const { key, uploadId } = upload;
    expect(await store.multipart.parts(upload)).toEqual([]);
    await send(subject(), key, uploadId, 3, part(3, 1_000));
    await send(subject(), key, uploadId, 1, part(9));
    await send(subject(), key, uploadId, 2, part(2));
    await send(subject(), key, uploadId, 1, part(1));

    const parts = await store.multipart.parts(upload);
    expect(sizes(parts)).toEqual([
      [1, partBytes],
      [2, partBytes],
      [3, 1_000],
    ]);
    expect(await store.head('audio', key), 'before the parts are joined').toBeNull();
    await store.multipart.join(upload, parts);

    const { body, ...info } = await store.get('audio', key);
    expect(info).toMatchObject({ sizeBytes: 2 * partBytes + 1_000, contentType: 'audio/mpeg' });
    const whole = Buffer.concat([part(1), part(2), part(3, 1_000)]);
    expect(Buffer.compare(await readAll(body), whole)).toBe(0);
    expect(await store.head('audio', key)).toEqual(info);
    expect((await subject().leftovers?.()) ?? []).toEqual([]);
  });

  it('joins only the parts that are meant', async () => {
    const { store } = subject();
    const upload = await begun(subject(), 'parts/meant');
    await send(subject(), upload.key, upload.uploadId, 1, part(1, 100));
    const parts = await store.multipart.parts(upload);
    await send(subject(), upload.key, upload.uploadId, 1, part(2, 100));

    await expect(store.multipart.join(upload, parts)).rejects.toThrow(ObjectChanged);
    await expect(
      store.multipart.join(upload, [...parts, { partNumber: 2, sizeBytes: 1, etag: 'none' }]),
    ).rejects.toThrow(ObjectChanged);

    expect(await store.head('audio', upload.key)).toBeNull();
    await store.multipart.join(upload, await store.multipart.parts(upload));
    expect(await store.head('audio', upload.key)).toMatchObject({ sizeBytes: 100 });
  });

  it('leaves alone what is at the key already', async () => {
    const { store } = subject();
    const upload = await begun(subject(), 'parts/taken');
    await send(subject(), upload.key, upload.uploadId, 1, part(1, 100));
    await store.put('audio', upload.key, bytesOf('first'), { contentType: 'audio/mpeg' });

    const joining = store.multipart.join(upload, await store.multipart.parts(upload));

    await expect(joining).rejects.toThrow(ObjectExists);
    expect(await store.head('audio', upload.key)).toMatchObject({ sizeBytes: 5 });
    await store.deletePrefix('audio', upload.key);
  });
}

function endsOnce(subject: () => Subject): void {
  it('knows nothing of an upload any more once it is joined, and takes no part of it', async () => {
    const { store } = subject();
    const upload = await begun(subject(), 'parts/joined');
    await send(subject(), upload.key, upload.uploadId, 1, part(1, 100));
    const parts = await store.multipart.parts(upload);
    await store.multipart.join(upload, parts);
    const info = await store.head('audio', upload.key);

    await expect(store.multipart.parts(upload)).rejects.toThrow(ObjectMissing);
    const again = await store.multipart.join(upload, parts).catch((error: unknown) => error);
    if (again !== undefined) expect(again).toBeInstanceOf(ObjectMissing);
    await expect(send(subject(), upload.key, upload.uploadId, 1, part(2, 100))).rejects.toThrow();
    expect(await store.head('audio', upload.key)).toEqual(info);
  });

  it('removes unfinished uploads by their prefix, and takes no part of them', async () => {
    const { store } = subject();
    const gone = await begun(subject(), 'parts/job_2/audio.mp3');
    const left = await begun(subject(), 'parts/job_20/audio.mp3');
    for (const { key, uploadId } of [gone, left]) await send(subject(), key, uploadId, 1, part(1, 100));

    await store.deletePrefix('audio', 'parts/job_2/');

    await expect(store.multipart.parts(gone)).rejects.toThrow(ObjectMissing);
    await expect(send(subject(), gone.key, gone.uploadId, 2, part(2, 100))).rejects.toThrow();
    expect(sizes(await store.multipart.parts(left))).toEqual([[1, 100]]);
    await store.deletePrefix('audio', 'parts/job_20/');
    expect((await subject().leftovers?.()) ?? []).toEqual([]);
  });

  it('keeps an upload to its key', async () => {
    const { store } = subject();
    const { uploadId } = await begun(subject(), 'parts/mine');

    await expect(store.multipart.parts({ key: 'parts/yours', uploadId })).rejects.toThrow(ObjectMissing);
    await store.deletePrefix('audio', 'parts/mine');
  });
}

function addressesOfParts(subject: () => Subject, abilities: PresignAbilities): void {
  const address = async (key: string, expiresInSeconds = 600) => {
    const upload = await begun(subject(), key);
    const terms = { partNumber: 1, sizeBytes: 100, expiresInSeconds };
    return { upload, address: await subject().store.multipart.presignPart(upload, terms) };
  };
  const expectRefused = async (answer: Promise<number>, upload: { key: string; uploadId: string }) => {
    // A server may also hang up on a body that it does not want.
    const status = await answer.catch(() => 400);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await subject().store.multipart.parts(upload)).toEqual([]);
  };

  if (abilities.refusesForgedPut) {
    it.each([0, 99, 101])('refuses a part of %i bytes instead of 100', async (sizeBytes) => {
      const signed = await address(`parts/size-${sizeBytes}`);
      await expectRefused(statusOf(signed.address, part(1, sizeBytes)), signed.upload);
    });

    it('refuses another number, another upload, and a forged signature', async () => {
      const signed = await address('parts/forged');
      const other = await begun(subject(), 'parts/forged');
      const changed = [
        { partNumber: '2' },
        { uploadId: other.uploadId },
        ...[...new URL(signed.address.url).searchParams.keys()]
          .filter((name) => /signature$/i.test(name))
          .map((name) => ({ [name]: 'A'.repeat(64) })),
      ];
      expect(changed).toHaveLength(3);
      for (const change of changed) {
        const url = new URL(signed.address.url);
        for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value as string);
        await expectRefused(statusOf({ ...signed.address, url: url.href }, part(1, 100)), signed.upload);
        expect(await subject().store.multipart.parts(other)).toEqual([]);
      }
    });
  }

  if (abilities.refusesExpired) {
    it('refuses an address that has expired', async () => {
      const signed = await address('parts/expired', 1);
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(signed.address.expiresAt + 1_000), {
        timeout: 10_000,
        interval: 50,
      });
      await expectRefused(statusOf(signed.address, part(1, 100)), signed.upload);
    });
  }
}
