import { SystemClock } from '@verbatim/domain';
import { countingBytes, FakeClock, InMemoryObjectStore } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { receiveUpload } from './receive-upload.ts';
import { type RefusalCode, StorageLinks } from './storage-links.ts';

const clock = new FakeClock();
const links = new StorageLinks('secret one', 'https://speech.example.org', clock);
const terms = { contentType: 'audio/mpeg', sizeBytes: 1_000, minSizeBytes: 1, expiresInSeconds: 900 };
const key = 'ana/job_1/audio.mp3';

/** A form as its holder sends it. */
function aForm() {
  const upload = links.presignUpload(key, { method: 'POST', ...terms });
  if (upload.method !== 'POST') throw new Error('asked for a form');
  const { policy, signature, 'Content-Type': contentType } = upload.fields;
  return { method: 'POST' as const, key, formKey: upload.fields['key'], contentType, policy, signature };
}

/** An address for downloading, as its holder uses it. */
function aDownload(expiresInSeconds = 900) {
  const url = new URL(links.presignDownload('transcripts', key, { expiresInSeconds, fileName: 'Übung.txt' }));
  const { policy, signature } = Object.fromEntries(url.searchParams);
  return { bucket: 'transcripts', key, policy, signature };
}

const forged = { code: 'storage.forged' satisfies RefusalCode };

describe('StorageLinks', () => {
  it('grants what it signed', () => {
    expect(links.verifyUpload(aForm())).toEqual({
      key,
      contentType: 'audio/mpeg',
      minBytes: 1,
      maxBytes: 1_000,
    });
    expect(links.verifyDownload(aDownload())).toEqual({ bucket: 'transcripts', key, fileName: 'Übung.txt' });
  });

  it('builds its addresses on the public one', () => {
    const form = links.presignUpload(key, { method: 'POST', ...terms });
    const put = links.presignUpload(key, { method: 'PUT', ...terms });

    expect(form.url).toBe('https://speech.example.org/storage/ana/job_1/audio.mp3');
    expect(form.expiresAt).toBe(clock.now() + 900_000);
    expect(put.url).toMatch(
      /^https:\/\/speech\.example\.org\/storage\/ana\/job_1\/audio\.mp3\?policy=[\w-]+&signature=[\w-]+$/,
    );
  });

  it('signs the exact size for a PUT', () => {
    const put = links.presignUpload(key, { method: 'PUT', ...terms });
    const { policy, signature } = Object.fromEntries(new URL(put.url).searchParams);

    const grant = links.verifyUpload({ method: 'PUT', key, contentType: 'audio/mpeg', policy, signature });

    expect(grant).toMatchObject({ minBytes: 1_000, maxBytes: 1_000 });
  });

  it('refuses whatever was not signed so', () => {
    const form = aForm();
    const other = links.presignUpload(key, { method: 'POST', ...terms, sizeBytes: 2_000 });
    const strangers = new StorageLinks('secret two', 'https://speech.example.org', new SystemClock());
    const otherPolicy = other.method === 'POST' ? other.fields['policy'] : undefined;

    expect(() => links.verifyUpload({ ...form, policy: otherPolicy })).toThrow(
      expect.objectContaining(forged),
    );
    expect(() => links.verifyUpload({ ...form, signature: undefined })).toThrow(
      expect.objectContaining(forged),
    );
    expect(() => links.verifyUpload({ ...form, signature: '' })).toThrow(expect.objectContaining(forged));
    expect(() => links.verifyUpload({ ...form, signature: `${form.signature}x` })).toThrow(
      expect.objectContaining(forged),
    );
    expect(() => links.verifyUpload({ ...form, policy: undefined })).toThrow(expect.objectContaining(forged));
    expect(() => links.verifyUpload({ ...form, method: 'PUT' })).toThrow(expect.objectContaining(forged));
    expect(() => strangers.verifyUpload(form)).toThrow(expect.objectContaining(forged));
  });

  it('does not take a download for an upload, nor an upload for a download', () => {
    expect(() => links.verifyUpload({ ...aForm(), ...aDownload() })).toThrow(expect.objectContaining(forged));
    expect(() => links.verifyDownload({ ...aForm(), bucket: 'audio' })).toThrow(
      expect.objectContaining(forged),
    );
  });

  it('refuses another key, type or bucket, each with its own code', () => {
    const wrongKey = expect.objectContaining({ code: 'storage.wrong_key' });
    expect(() => links.verifyUpload({ ...aForm(), key: 'ben/job_2/audio.mp3' })).toThrow(wrongKey);
    expect(() => links.verifyUpload({ ...aForm(), formKey: 'ben/job_2/audio.mp3' })).toThrow(wrongKey);
    expect(() => links.verifyDownload({ ...aDownload(), key: 'ben/job_2/audio.mp3' })).toThrow(wrongKey);
    expect(() => links.verifyDownload({ ...aDownload(), bucket: 'audio' })).toThrow(wrongKey);
    expect(() => links.verifyUpload({ ...aForm(), contentType: 'text/html' })).toThrow(
      expect.objectContaining({ code: 'storage.wrong_type' }),
    );
  });

  it('refuses what has expired, to the millisecond', () => {
    const form = aForm();
    const download = aDownload(900);
    clock.advance(900_000 - 1);
    links.verifyUpload(form);
    links.verifyDownload(download);

    clock.advance(1);

    const expired = expect.objectContaining({ code: 'storage.expired' });
    expect(() => links.verifyUpload(form)).toThrow(expired);
    expect(() => links.verifyDownload(download)).toThrow(expired);
  });
});

describe('receiveUpload', () => {
  const grant = { key, contentType: 'audio/mpeg', minBytes: 10, maxBytes: 200_000 };

  it('stops reading at once when the body turns out too large', async () => {
    const store = new InMemoryObjectStore();
    let read = 0;
    async function* endless() {
      for await (const piece of countingBytes(2 ** 40)) {
        read += piece.length;
        yield piece;
      }
    }

    await expect(receiveUpload(store, grant, endless())).rejects.toMatchObject({ code: 'storage.too_large' });

    expect(read).toBeLessThanOrEqual(grant.maxBytes + 64 * 1024);
    expect(store.objects.size).toBe(0);
  });

  it('refuses a body that is too small once it has ended', async () => {
    const store = new InMemoryObjectStore();

    await expect(receiveUpload(store, grant, countingBytes(9))).rejects.toMatchObject({
      code: 'storage.too_small',
    });

    expect(store.objects.size).toBe(0);
  });

  it('stores a body at either end of the range, and the first one only', async () => {
    for (const sizeBytes of [grant.minBytes, grant.maxBytes]) {
      const store = new InMemoryObjectStore();
      expect(await receiveUpload(store, grant, countingBytes(sizeBytes))).toMatchObject({ sizeBytes });
      await expect(receiveUpload(store, grant, countingBytes(20))).rejects.toMatchObject({
        code: 'object.exists',
      });
    }
  });
});
