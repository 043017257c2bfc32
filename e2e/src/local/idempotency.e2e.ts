import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@verbatim/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import type { CreatedJob } from '../drivers/verbatim-client.ts';
import { waitFor } from '../drivers/wait-for.ts';

/** With every third key the api is killed. `FAULT_KEYS=300 npm test -- idempotency` takes longer. */
const keys = Number(process.env['FAULT_KEYS'] ?? 12);

/** Without a form once the file is there. */
type Answer = Pick<CreatedJob, 'job'> & { upload: CreatedJob['upload'] | null };

describe('an api that is killed again and again', () => {
  let verbatim: Verbatim;
  let recording: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    verbatim = await Verbatim.start({ RATE_LIMIT_PER_MINUTE: '100000' });
    recording = new Uint8Array(await readFile(samplePath('en-short.wav')));
  }, 120_000);
  afterAll(() => verbatim[Symbol.asyncDispose]());

  /** kill -9 in the middle of whatever it does then. */
  async function killApi(afterMs: number): Promise<void> {
    await sleep(afterMs);
    process.kill(verbatim.program('api').pid, 'SIGKILL');
  }

  /** What a careful client does: the same request until it is answered. */
  async function untilAnswered<T>(ask: () => Promise<Response>): Promise<T> {
    return waitFor(
      'an answer',
      async () => {
        const answer = await ask();
        if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
        return { body: (await answer.json()) as T };
      },
      { withinMs: 60_000 },
    ).then(({ body }) => body);
  }

  async function viaStorage(key: string): Promise<string> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const body = JSON.stringify({
      fileName: `${key}.wav`,
      contentType: 'audio/wav',
      sizeBytes: recording.length,
    });
    const { job, upload } = await untilAnswered<Answer>(() =>
      verbatim.client.fetch('/v1/jobs', { method: 'POST', headers, body }),
    );
    const { jobId } = job;
    if (!upload) return jobId;
    await waitFor('the upload', async () => {
      const { status } = await verbatim.client.sendForm({ job, upload }, recording, 'a.wav');
      // 409: it got through before, and only the answer was lost.
      return status === 204 || status === 409;
    });
    await untilAnswered<Job>(() => verbatim.client.fetch(`/v1/jobs/${jobId}/uploaded`, { method: 'POST' }));
    return jobId;
  }

  async function throughTheApi(key: string): Promise<string> {
    const { job_id: jobId } = await untilAnswered<{ job_id: string }>(() => {
      const form = new FormData();
      form.append('file', new Blob([recording]), `${key}.wav`);
      const headers = { 'idempotency-key': key };
      return verbatim.client.fetch('/upload-audio/', { method: 'POST', headers, body: form });
    });
    return jobId;
  }

  it('makes exactly one job for each key, and each of them ends', async () => {
    const jobOf = new Map<string, string>();
    for (let turn = 0; turn < keys; turn++) {
      const send = turn % 2 === 0 ? viaStorage : throughTheApi;
      const key = randomUUID();
      const kill = turn % 3 === 2 ? killApi((turn * 37) % 100) : null;
      jobOf.set(key, await send(key));
      await kill;
      // The same again, as a client does that did not hear the answer.
      expect(await send(key)).toBe(jobOf.get(key));
    }

    for (const jobId of jobOf.values()) await verbatim.client.waitUntil(jobId, 'COMPLETED', 120_000);
    const items: Job[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ limit: '100', ...(cursor && { cursor }) });
      const page: { items: Job[]; nextCursor: string | null } = await verbatim.client.json(
        `/v1/jobs?${query.toString()}`,
      );
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    const names = items.map(({ fileName }) => fileName).toSorted();
    expect(names).toEqual([...jobOf.keys()].map((key) => `${key}.wav`).toSorted());
  });
});
