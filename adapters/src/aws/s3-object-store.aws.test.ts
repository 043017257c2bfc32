import { GetBucketLifecycleConfigurationCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { ObjectExists, partedUploadMs } from '@verbatim/domain';
import { countingBytes, objectStoreContract } from '@verbatim/domain/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsClients } from './aws-clients.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { freshBucket, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

async function freshStore() {
  const clients = openTestClients();
  const audio = await freshBucket(clients, 'audio');
  const transcripts = await freshBucket(clients, 'transcripts');
  const store = new S3ObjectStore(clients, { audio, transcripts }, clients.clock);
  const leftovers = async () => {
    const { Uploads = [] } = await clients.s3.send(new ListMultipartUploadsCommand({ Bucket: audio }));
    return Uploads.map(({ Key }) => Key ?? '');
  };
  return { store, leftovers, clients, close: async () => clients.close() };
}

objectStoreContract('S3', freshStore, {
  streamBytes: 64 * 2 ** 20,
  streamCostsAtMostBytes: 48 * 2 ** 20,
  manyObjects: 1_005,
  presign: {
    // Emulators take any signature of a form; S3 itself does not.
    refusesForgedPost: false,
    refusesForgedPut: true,
    refusesForgedDownload: true,
    refusesExpired: true,
    refusesSecondUpload: false,
  },
});

describe('S3ObjectStore', () => {
  let subject: Awaited<ReturnType<typeof freshStore>>;
  let clients: AwsClients;
  beforeAll(async () => {
    subject = await freshStore();
    clients = subject.clients;
  });
  afterAll(() => clients.close());

  it('refuses a taken key with ifAbsent for a stream of many parts, and leaves no parts behind', async () => {
    const big = () => countingBytes(20 * 2 ** 20);
    const once = { contentType: 'audio/mpeg', ifAbsent: true };
    const first = await subject.store.put('audio', 'big', big(), once);

    await expect(subject.store.put('audio', 'big', big(), once)).rejects.toThrow(ObjectExists);

    expect(await subject.store.head('audio', 'big')).toEqual(first);
    expect(await subject.leftovers()).toEqual([]);
  });

  it('leaves abandoned uploads to a rule of the bucket, which gives them the time that they have', async () => {
    const Bucket = settingsOfEmulator().AUDIO_BUCKET;
    const { Rules = [] } = await clients.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));

    const days = Rules.flatMap((rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? []);

    expect(days).toHaveLength(1);
    expect((days[0] ?? 0) * 24 * 60 * 60_000).toBeGreaterThan(partedUploadMs);
  });
});
