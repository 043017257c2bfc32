import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { audioKeyOf, type Consumer, newJobId, uploadedKeys } from '@verbatim/domain';
import { bytesOf, countingBytes } from '@verbatim/domain/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AwsClients } from './aws-clients.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { SqsWorkQueue } from './sqs-work-queue.ts';
import { freshBucket, freshQueue, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

/** A bucket and a queue tied together like those of create-resources.py, which a running system may be listening to. */
async function tieLikeTheOthers(
  clients: AwsClients,
  Bucket: string,
  queue: { url?: string | undefined; arn: string },
) {
  const others = await clients.s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: settingsOfEmulator().AUDIO_BUCKET }),
  );
  const [tie, ...more] = others.QueueConfigurations ?? [];
  expect(more).toEqual([]);
  expect(tie?.QueueArn).toMatch(new RegExp(`:${settingsOfEmulator().UPLOADS_QUEUE}$`));
  await clients.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy: anyoneMaySend(queue.arn) } }),
  );
  const NotificationConfiguration = {
    QueueConfigurations: [{ Id: 'test', QueueArn: queue.arn, Events: tie?.Events }],
  };
  await clients.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
}

function anyoneMaySend(Resource: string): string {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

describe('an object that arrives in the audio bucket', () => {
  const clients = openTestClients();
  const arrived: string[] = [];
  const unreadable: string[] = [];
  let store: S3ObjectStore;
  let consumer: Consumer;
  beforeAll(async () => {
    const audio = await freshBucket(clients, 'audio');
    const uploads = await freshQueue(clients, 'uploads');
    await tieLikeTheOthers(clients, audio, uploads);
    store = new S3ObjectStore(clients, { audio, transcripts: audio }, clients.clock);
    const names = { uploads: uploads.name, transcription: 'none', notification: 'none' };
    consumer = new SqsWorkQueue(clients, names).consume('uploads', { slots: 1 }, async ({ body }) => {
      const keys = uploadedKeys(body);
      if (keys) arrived.push(...keys);
      else unreadable.push(body);
      return 'done';
    });
  });
  afterAll(async () => {
    await consumer?.stop({ graceMs: 0 });
    clients.close();
  });

  const expectAnnounced = async (key: string) => {
    await vi.waitFor(() => expect(arrived).toContain(key), { timeout: 10_000, interval: 20 });
    expect(unreadable).toEqual([]);
  };
  const aKey = () => audioKeyOf('ana', newJobId(Date.now()), 'mp3');

  it('is announced on the uploads queue when a form brought it', async () => {
    const key = aKey();
    const terms = { method: 'POST', contentType: 'audio/mpeg', sizeBytes: 10, expiresInSeconds: 60 } as const;
    const upload = await store.presignUpload(key, terms);
    if (upload.method !== 'POST') expect.fail('asked for a form');
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) form.set(name, value);
    form.set('file', new Blob(['hello']), 'a.mp3');
    expect((await fetch(upload.url, { method: 'POST', body: form })).ok).toBe(true);

    await expectAnnounced(key);
  });

  it('is announced when we put it, in one piece or in many', async () => {
    const [small, big] = [aKey(), aKey()];
    await store.put('audio', small, bytesOf('hello'), { contentType: 'audio/mpeg' });
    await store.put('audio', big, countingBytes(9 * 2 ** 20), { contentType: 'audio/mpeg' });

    await expectAnnounced(small);
    await expectAnnounced(big);
  });

  it('is announced by its true key, whatever is in it', async () => {
    const key = 'ana/späte Sitzung + Rest/audio.mp3';
    await store.put('audio', key, bytesOf('hello'), { contentType: 'audio/mpeg' });

    await expectAnnounced(key);
  });
});
