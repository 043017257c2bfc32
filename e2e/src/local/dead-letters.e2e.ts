import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeadLetter, Job, JobHistory, Replayed } from '@verbatim/domain';
import { afterEach, expect, it } from 'vitest';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { wavBytes } from '../drivers/wav-bytes.ts';

const count = 100;
let verbatim: Verbatim | undefined;
afterEach(() => verbatim?.[Symbol.asyncDispose]());

/** A second of a tone of its own: no two recordings are the same. */
function aRecording(index: number): Uint8Array {
  const samples = Int16Array.from(
    { length: 16_000 },
    (_, i) => 8_000 * Math.sin((i * (200 + index)) / 2_546),
  );
  return wavBytes({ data: Buffer.from(samples.buffer) });
}

it('a hundred jobs that were given up are replayed after the fix: all complete, with one mail each', async () => {
  const simulated = {
    ENGINE: 'simulated',
    SIM_RTF: '0',
    WORKER_SLOTS: '4',
    MAIL_TO: 'ana@example.com',
    RATE_LIMIT_PER_MINUTE: '100000',
  };
  verbatim = await Verbatim.start({ ...simulated, SIM_FAILURES: 'permanent=1' });
  const { client } = verbatim;
  const jobIds: string[] = [];
  for (let i = 0; i < count; i++) {
    const { jobId } = await client.uploadBytes(`${i}.wav`, aRecording(i));
    await client.announceUpload(jobId);
    jobIds.push(jobId);
  }
  const all = () => Promise.all(jobIds.map((jobId) => client.job(jobId)));
  const areTold = async (status: Job['status']) =>
    (await all()).every((job) => job.status === status && job.notification === 'sent');
  await waitFor('all to be given up and told', () => areTold('FAILED'), { withinMs: 120_000 });
  const { items } = await client.json<{ items: DeadLetter[] }>('/v1/admin/dead-letters?limit=100');
  expect(items.map(({ jobId }) => jobId).sort()).toEqual(jobIds.toSorted());
  expect(items[0]).toMatchObject({ reason: 'engine.refused', failures: 1, run: 1, userId: 'local' });

  await verbatim.interrupt();
  await verbatim.startAgain({ SIM_FAILURES: '' });
  const replayed = await client.json<Replayed>('/v1/admin/dead-letters/replay', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ all: true }),
  });

  expect(replayed).toMatchObject({ notReplayed: [], nextCursor: null, remaining: 0 });
  expect(replayed.replayed).toHaveLength(count);
  await waitFor('all to be done and told', () => areTold('COMPLETED'), { withinMs: 120_000 });
  expect((await all()).map(({ attempt }) => attempt)).toEqual(jobIds.map(() => 1));
  const mails = await verbatim.mails();
  for (const jobId of jobIds) {
    expect(
      mails.filter((mail) => mail.includes(jobId)),
      'one of each run',
    ).toHaveLength(2);
  }
  const told = await client.json<JobHistory>(`/v1/jobs/${jobIds[0]}/history`);
  const ends = ['job.given_up', 'job.replayed', 'job.completed'];
  expect(told.items.map(({ event }) => event).filter((event) => ends.includes(event))).toEqual(ends);
  const log = await readFile(join(verbatim.dataDir, 'logs/api.log'), 'utf8');
  expect(log.match(/"event":"dead_letter.replayed"/g)).toHaveLength(count);
}, 300_000);
