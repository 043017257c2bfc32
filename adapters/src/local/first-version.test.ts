import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type JobRecord, newRun, defaultJobTimes as times } from '@verbatim/domain';
import { readAll, textOf } from '@verbatim/domain/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../platform.ts';
import { openLocal } from './open-local.ts';
import { testFolder } from './testing/test-folder.ts';

const fixture = join(import.meta.dirname, 'testing/first-version');

/** As the first version left it: a job in every state, their files, a message. */
async function unpack(dataDir: string): Promise<void> {
  const db = new DatabaseSync(join(dataDir, 'verbatim.db'));
  db.exec(await readFile(join(fixture, 'verbatim.sql'), 'utf8'));
  db.close();
  const objects = JSON.parse(await readFile(join(fixture, 'objects.json'), 'utf8')) as Record<string, string>;
  for (const [path, bytes] of Object.entries(objects)) {
    const file = join(dataDir, 'objects', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(bytes, 'base64'));
  }
}

describe('a data folder of the first version', () => {
  let folder: Awaited<ReturnType<typeof testFolder>>;
  let platform: Platform;
  beforeEach(async () => {
    folder = await testFolder();
    await unpack(folder.path);
    platform = await openLocal({ DATA_DIR: folder.path, PORT: 8000 });
  });
  afterEach(async () => {
    await platform.close();
    await folder[Symbol.asyncDispose]();
  });

  async function jobs(): Promise<JobRecord[]> {
    const { items } = await platform.jobs.walk({ limit: 50 });
    return items;
  }

  it('is opened with every job as it was', async () => {
    const statuses = (await jobs()).map(({ status, fileName }) => `${fileName} ${status}`);
    expect(statuses.toSorted()).toEqual([
      'recording 1.ogg COMPLETED',
      'recording 2.ogg FAILED',
      'recording 3.ogg QUEUED',
      'recording 4.ogg PROCESSING',
      'recording 5.ogg PROCESSING',
      'recording 6.ogg PENDING_UPLOAD',
      'recording 7.ogg CANCELED',
    ]);
    const cut = (await jobs()).find(({ fileName }) => fileName === 'recording 5.ogg');
    expect(Object.values(cut?.chunks ?? {})).toHaveLength(2);
    expect((await platform.jobs.listByUser('ana', { limit: 10 })).items).toHaveLength(4);
    expect((await platform.jobs.due(Number.MAX_SAFE_INTEGER, 50)).length).toBeGreaterThanOrEqual(5);
    expect(await platform.queue.depth('transcription')).toMatchObject({ visible: 1 });
  });

  it('still has recordings and transcripts, and its jobs go on', async () => {
    const all = await jobs();
    for (const { audioEtag, audioKey } of all) {
      const object = await platform.objects.head('audio', audioKey);
      expect(object?.etag ?? null).toBe(audioEtag);
    }
    const done = all.find(({ status }) => status === 'COMPLETED');
    const { body } = await platform.objects.get('transcripts', done?.result?.transcriptKey ?? '');
    expect(JSON.parse(textOf(await readAll(body)))).toMatchObject({ text: 'The door is blue.' });

    const failed = all.find(({ status }) => status === 'FAILED') as JobRecord;
    const again = await platform.jobs.change(failed.jobId, newRun(failed, 'user', Date.now(), times));
    expect(again).toMatchObject({ status: 'QUEUED', run: 2 });
  });
});
