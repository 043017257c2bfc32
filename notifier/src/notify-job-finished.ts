import {
  type Delivery,
  deliveryKey,
  type JobChange,
  type JobFinishedMessage,
  type JobRecord,
  MailRefused,
  type Outcome,
  paid,
} from '@verbatim/domain';
import type { Channel } from './channels/channel.ts';
import type { NotifierPorts } from './notifier-ports.ts';

/** Who sends is nearly always done in a moment, so the messages of others need not wait out all of `sendingMs`. */
const lookAgainMs = 15_000;
/** After so many tries the message has done its duty: the reconciler sends another, less and less often. */
const maxTries = 7;

/**
 * A run of a job has ended: tells its user once, on every channel that is wanted, then pays the debt. What was sent is
 * remembered in the record before and after, so messages that come twice, or to two of us at once, change nothing.
 */
export async function notifyJobFinished(
  message: JobFinishedMessage,
  receives: number,
  ports: NotifierPorts,
): Promise<Outcome> {
  let waitMs = 0;
  for (const channel of ports.channels) {
    const job = await ports.jobs.get(message.jobId);
    if (!job || !isOwed(job, message)) return 'done';
    waitMs = Math.max(waitMs, await deliverOnce(job, channel, receives, ports));
  }
  if (waitMs > 0) return receives < maxTries ? { returnInMs: waitMs } : 'done';

  const job = await ports.jobs.get(message.jobId);
  if (!job || !isOwed(job, message)) return 'done';
  const settled = await ports.jobs.change(job.jobId, paid(job, 'announce', ports.times));
  return settled ? 'done' : notifyJobFinished(message, receives, ports);
}

/** No longer after a retry (another run), a deletion (which clears all other debts), or once everybody was told. */
function isOwed(job: JobRecord, message: JobFinishedMessage): boolean {
  return job.run === message.run && job.status === message.status && job.owes.includes('announce');
}

/** How long to wait before the next look at this delivery; 0 when there is nothing left to do for it. */
async function deliverOnce(
  job: JobRecord,
  channel: Channel,
  receives: number,
  ports: NotifierPorts,
): Promise<number> {
  const { jobId, run, status } = job;
  const key = deliveryKey(job, channel.name);
  const before = job.deliveries[key];
  if (!channel.wanted(job) || before?.state === 'sent' || before?.state === 'failed') return 0;

  const now = ports.clock.now();
  const sending = before ? before.at + ports.times.sendingMs - now : 0;
  if (sending > 0) return Math.min(sending, lookAgainMs);
  const claimed = await ports.jobs.change(jobId, marked(job, key, { state: 'sending', at: now }));
  // Somebody else was first, or the job moved on: the next look tells.
  if (!claimed) return lookAgainMs;

  const { outcome, error } = await attempt(channel, claimed, `${jobId}.r${run}.${status.toLowerCase()}`);
  ports.metrics.notifications.inc({ channel: channel.name, outcome });
  const line = { event: `notification.${outcome}`, jobId, run, status, channel: channel.name };
  if (outcome === 'sent') ports.log.info(line);
  else ports.log.warn({ ...line, receives, error });

  const after = outcome === 'later' ? null : { state: outcome, at: ports.clock.now() };
  await remember(claimed, key, after, ports);
  return outcome === 'later' ? backoffMs(receives) : 0;
}

async function attempt(
  channel: Channel,
  job: JobRecord,
  end: string,
): Promise<{ outcome: 'sent' | 'failed' | 'later'; error?: unknown }> {
  try {
    await channel.deliver(job, `${end}.${channel.name}`);
    return { outcome: 'sent' };
  } catch (error) {
    return { outcome: error instanceof MailRefused ? 'failed' : 'later', error };
  }
}

/** How a delivery of ours went. Its entry is ours alone, but others may have changed those of other channels. */
async function remember(
  job: JobRecord,
  key: string,
  after: Delivery | null,
  ports: NotifierPorts,
): Promise<void> {
  if (await ports.jobs.change(job.jobId, marked(job, key, after))) return;
  const now = await ports.jobs.get(job.jobId);
  const isOurs = now?.deliveries[key]?.at === job.deliveries[key]?.at;
  if (now && !now.erase && now.run === job.run && isOurs) await remember(now, key, after, ports);
}

/** One entry of the job's deliveries set, or taken back; refused when any of them changed since the job was read. */
function marked(job: JobRecord, key: string, delivery: Delivery | null): JobChange {
  const { [key]: _replaced, ...others } = job.deliveries;
  return {
    expect: { run: job.run, status: job.status, erase: null, deliveries: job.deliveries },
    set: { deliveries: delivery ? { ...others, [key]: delivery } : others },
  };
}

/** 5 s, doubling: a mail server that restarts is met soon; one that is down all day is the reconciler's. */
function backoffMs(receives: number): number {
  return 5_000 * 2 ** (Math.min(receives, maxTries) - 1);
}
