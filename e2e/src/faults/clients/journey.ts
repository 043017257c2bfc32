import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal, type Job } from '@verbatim/domain';
import { type CreatedJob, VerbatimClient } from '../../drivers/verbatim-client.ts';
import { insist } from './insist.ts';
import type { JobPlan } from './job-plan.ts';

/** What a client was told of its job, and when. Times are milliseconds since 1970. */
export interface Journey {
  plan: JobPlan;
  /** Null: the server never promised anything. */
  jobId: string | null;
  /** When the file was taken: from then on the job is owed. */
  acceptedAt: number | null;
  /** Each status as it was first seen, in order. */
  seen: { status: Job['status']; attempt: number; at: number }[];
  endedAt: number | null;
  /** A cancellation or deletion that the server confirmed. */
  withdrawn: 'canceled' | 'deleted' | null;
  /** Why it did not come to its end, as far as the client knows. */
  trouble: string | null;
}

export interface Traveller {
  baseUrl: string;
  /** Nobody waits any longer. */
  until: AbortSignal;
  pollMs: number;
}

/** One client and its job: creates it, sends the file, says so, follows it to its end; or changes its mind on the way. */
export async function travel(plan: JobPlan, by: Traveller): Promise<Journey> {
  const journey: Journey = {
    plan,
    jobId: null,
    acceptedAt: null,
    seen: [],
    endedAt: null,
    withdrawn: null,
    trouble: null,
  };
  try {
    const client = new VerbatimClient(by.baseUrl, plan.user.key);
    const created = await create(plan, client, by);
    journey.jobId = created.job.jobId;
    if (plan.fate === 'abandon') return journey;
    await sendFile(created, plan, client, by);
    journey.acceptedAt = Date.now();
    await announce(created.job.jobId, plan, client, by);
    if (plan.fate !== 'keep') await withdraw(journey, created.job.jobId, client, by);
    if (journey.withdrawn !== 'deleted') await follow(journey, created.job.jobId, client, by);
  } catch (error) {
    journey.trouble = by.until.aborted ? 'nobody waited any longer' : String(error);
  }
  return journey;
}

/** With one key for all tries: an answer that is lost must not make two jobs. */
async function create(plan: JobPlan, client: VerbatimClient, by: Traveller): Promise<CreatedJob> {
  const { fileName, bytes } = plan.recording;
  const key = randomUUID();
  const body = JSON.stringify({ fileName, sizeBytes: bytes.length, contentType: 'audio/wav' });
  const answer = await insist(
    'creating a job',
    (signal) =>
      client.fetch('/v1/jobs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body,
        signal,
      }),
    by,
  );
  return (await answer.json()) as CreatedJob;
}

async function sendFile(created: CreatedJob, plan: JobPlan, client: VerbatimClient, by: Traveller) {
  const { bytes, fileName } = plan.recording;
  // 409: a try whose answer was lost has stored it.
  const answer = await insist('an upload', () => client.sendForm(created, bytes, fileName), {
    ...by,
    accept: [409],
  });
  await answer.body?.cancel();
}

async function announce(jobId: string, plan: JobPlan, client: VerbatimClient, by: Traveller): Promise<void> {
  const say = () =>
    insist(
      'saying that the file is there',
      (signal) => client.fetch(`/v1/jobs/${jobId}/uploaded`, { method: 'POST', signal }),
      by,
    );
  const answers = await Promise.all(Array.from({ length: plan.announcements }, say));
  for (const answer of answers) await answer.body?.cancel();
}

async function withdraw(journey: Journey, jobId: string, client: VerbatimClient, by: Traveller) {
  const { fate, secondThoughtsMs } = journey.plan;
  await sleep(secondThoughtsMs, undefined, { signal: by.until });
  if (fate === 'cancel') {
    // 409: it had ended before.
    const answer = await insist(
      'cancelling',
      (signal) => client.fetch(`/v1/jobs/${jobId}/cancel`, { method: 'POST', signal }),
      { ...by, accept: [409] },
    );
    await answer.body?.cancel();
    if (answer.ok) journey.withdrawn = 'canceled';
    return;
  }
  // 404: a try whose answer was lost has deleted it.
  const answer = await insist(
    'deleting',
    (signal) => client.fetch(`/v1/jobs/${jobId}`, { method: 'DELETE', signal }),
    { ...by, accept: [404] },
  );
  await answer.body?.cancel();
  journey.withdrawn = 'deleted';
  journey.endedAt = Date.now();
}

async function follow(journey: Journey, jobId: string, client: VerbatimClient, by: Traveller): Promise<void> {
  for (;;) {
    const answer = await insist(
      'asking for a job',
      (signal) => client.fetch(`/v1/jobs/${jobId}`, { signal }),
      by,
    );
    const { status, attempt } = (await answer.json()) as Job;
    if (journey.seen.at(-1)?.status !== status) journey.seen.push({ status, attempt, at: Date.now() });
    if (isFinal(status)) {
      journey.endedAt = Date.now();
      return;
    }
    await sleep(by.pollMs, undefined, { signal: by.until });
  }
}
