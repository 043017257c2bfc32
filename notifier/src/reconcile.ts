import { setTimeout as sleep } from 'node:timers/promises';
import {
  acceptUpload,
  announce,
  chunksToSend,
  countThroughput,
  hasLooseParts,
  isCut,
  isFinal,
  type JobRecord,
  jobPrefix,
  removeExpired,
  removeObjects,
  sendChunks,
  sendJob,
  settled,
  stillOwed,
  workPrefix,
} from '@verbatim/domain';
import { nextStep, type Step } from './next-step.ts';
import type { NotifierPorts } from './notifier-ports.ts';
import { RetentionWalk } from './retention-walk.ts';

/** Few, so that nobody waits long for SQLite's lock, which a page takes again and again. */
const pageSize = 10;
/** One round does this much at most; what remains is due in the next one too. */
const maxPages = 500;
/**
 * After each page, times as long as it took: whoever comes back to 100,000 jobs that are due at once leaves the table to
 * the others meanwhile. SQLite's lock goes to whoever asks most.
 */
const restShare = 2;

/**
 * Brings back what got lost: every job that is not settled has a `dueAt`, and whoever is due is looked at here. Runs in
 * every instance; two at once only compete for the same conditional writes. Resolves when `stop` aborts.
 */
export async function keepReconciling(
  everyMs: number,
  ports: NotifierPorts,
  stop: AbortSignal,
): Promise<void> {
  let troubled = false;
  const walk = new RetentionWalk(ports);
  while (!stop.aborted) {
    const trouble = (await reconcile(ports, stop)) ?? (await walk.goOn().then(() => null, troubleOf));
    // Once when it begins and once when it ends: an outage is not worth a line every ten seconds.
    if (trouble && !troubled) ports.log.error({ event: 'reconcile.trouble', ...trouble });
    if (!trouble && troubled) ports.log.info({ event: 'reconcile.recovered' });
    troubled = trouble !== null;
    const jitter = 0.75 + Math.random() / 2;
    await pause(everyMs * jitter, stop);
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal: stop }).catch(() => {});
}

function troubleOf(error: unknown): Trouble {
  return { error };
}

export interface Trouble {
  jobId?: string;
  error: unknown;
}

/** One round: pages of what is due, until nothing is. Answers with the first thing that went wrong, or null. */
export async function reconcile(ports: NotifierPorts, stop: AbortSignal): Promise<Trouble | null> {
  let first: Trouble | null = null;
  try {
    for (let page = 0; page < maxPages && !stop.aborted; page++) {
      const begunAt = performance.now();
      const due = await ports.jobs.due(ports.clock.now(), pageSize);
      const results = await Promise.all(due.map((hint) => attend(hint.jobId, ports)));
      first ??= results.find((result) => typeof result === 'object') ?? null;
      if (due.length < pageSize || results.every((result) => result === 'wait')) break;
      await pause(restShare * (performance.now() - begunAt), stop);
    }
  } catch (error) {
    first ??= { error };
  }
  return first;
}

/** A job that can't be helped now is due again later, so that it does not keep others from their turn. */
async function attend(jobId: string, ports: NotifierPorts): Promise<Step['action'] | Trouble> {
  try {
    const job = await ports.jobs.get(jobId);
    if (!job) return 'wait';
    const step = nextStep(job, ports.clock.now(), ports.times);
    if (await act(job, step, ports)) {
      ports.metrics.reconciled.inc({ action: step.action });
      ports.log.info({ event: 'job.reconciled', jobId, action: step.action });
    }
    return step.action;
  } catch (error) {
    await postpone(jobId, ports);
    return { jobId, error };
  }
}

/** False when there was nothing to do, or somebody else did it. */
async function act(job: JobRecord, step: Step, ports: NotifierPorts): Promise<boolean> {
  const { jobId } = job;
  switch (step.action) {
    case 'wait':
      return false;
    case 'look_for_upload': {
      const onDelay = (error: unknown) =>
        ports.log.warn({ event: 'message.delayed', jobId, error: String(error) });
      const { kind } = await acceptUpload(jobId, { ...ports, onDelay });
      if (kind === 'missing') return (await ports.jobs.change(jobId, step.ifMissing)) !== null;
      return kind === 'accepted' || kind === 'refused';
    }
    case 'erase':
      await removeObjects(job, ports.objects);
      return ports.jobs.remove(jobId, { run: job.run, erase: job.erase });
    case 'signal_dead_letter':
      // An alarm watches for this line, or for the metric. It comes before the payment: better twice than never.
      ports.log.error({ event: 'job.dead_letter', jobId, reason: job.deadLetter?.reason });
      ports.metrics.deadLetters.inc({ reason: job.deadLetter?.reason ?? 'unknown' });
      return (await ports.jobs.change(jobId, step.change)) !== null;
    case 'leave':
      return (await ports.jobs.change(jobId, step.change)) !== null;
    case 'tidy':
      if (hasLooseParts(job)) await ports.objects.deletePrefix('audio', jobPrefix(job.userId, jobId));
      // Those before this one may have been left for it. Never the next: its user may be retrying the job right now.
      for (let run = 1; run <= job.run; run++) {
        await ports.objects.deletePrefix('transcripts', workPrefix(job.userId, jobId, run));
      }
      return (await ports.jobs.change(jobId, step.change)) !== null;
    case 'remove': {
      const begun = await ports.jobs.change(jobId, step.change);
      if (!begun) return false;
      await removeExpired(begun, ports.objects);
      return (await ports.jobs.change(jobId, settled(begun, ports.times))) !== null;
    }
    case 'send_job':
    case 'send_chunks':
    case 'free_job':
    case 'give_up':
    case 'announce':
    case 'settle': {
      // Only while nobody else has moved the time: a lease may be prolonged at the last moment.
      const expect = { ...step.change.expect, dueAt: job.dueAt };
      const saved = await ports.jobs.change(jobId, { ...step.change, expect });
      if (saved?.status === 'FAILED' && !isFinal(job.status)) await countThroughput({ failed: 1 }, ports);
      if (saved) await tell(saved, ports);
      return saved !== null;
    }
  }
}

/** The message that belongs to the state a job was brought to. */
async function tell(job: JobRecord, ports: NotifierPorts): Promise<void> {
  if (isFinal(job.status)) {
    if (job.owes.includes('announce')) await announce(job, ports.queue);
    return;
  }
  // It rests after an interruption.
  if (job.sends === 0 && job.status === 'QUEUED') return;
  try {
    await (isCut(job)
      ? sendChunks(job, chunksToSend(job, ports.clock.now()), ports.queue)
      : sendJob(job, ports.queue));
  } catch (error) {
    // Only what was sent counts, else a queue that is down would look like twenty sends that no worker took.
    const { status, run, sends, dueAt } = job;
    await ports.jobs.change(job.jobId, {
      expect: { status, run, sends, dueAt },
      set: { sends: sends - 1, dueAt: ports.clock.now() + ports.times.debtMs },
    });
    throw error;
  }
}

async function postpone(jobId: string, ports: NotifierPorts): Promise<void> {
  const job = await ports.jobs.get(jobId);
  const now = ports.clock.now();
  if (!job || job.dueAt === null || job.dueAt > now) return;
  await ports.jobs.change(jobId, stillOwed(job, now, ports.times));
}
