import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MailSettings, openMailer } from '@verbatim/adapters';
import {
  canceled,
  erased,
  type JobFinishedMessage,
  type JobRecord,
  MailRefused,
  MailUnavailable,
  newRun,
} from '@verbatim/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MailChannel } from './channels/mail/mail-channel.ts';
import { consumeNotifications } from './consume-notifications.ts';
import { notifyJobFinished } from './notify-job-finished.ts';
import { reconcile } from './reconcile.ts';
import { aCompletedJob, aFailedJob, aNotifier } from './testing/a-notifier.ts';

let world: ReturnType<typeof aNotifier>;
beforeEach(() => {
  world = aNotifier();
});
afterEach(() => {
  vi.restoreAllMocks();
});

function endOf(job: JobRecord): JobFinishedMessage {
  return { kind: 'job-finished', jobId: job.jobId, run: job.run, status: job.status };
}

async function completedJob(over: Partial<JobRecord> = {}): Promise<JobRecord> {
  const job = await world.has(aCompletedJob(over));
  await world.transcribed(job, 'Good morning everybody.');
  return job;
}

function notify(job: JobRecord, receives = 1, ports = world.ports) {
  return notifyJobFinished(endOf(job), receives, ports);
}

describe('notifyJobFinished', () => {
  it('mails the user once and settles the job', async () => {
    const job = await completedJob();
    expect(await notify(job)).toBe('done');
    expect(world.mailer.sent).toMatchObject([
      {
        id: `${job.jobId}.r1.completed.mail`,
        to: 'ana@example.com',
        subject: 'Transcript ready: meeting.mp3',
      },
    ]);
    expect(world.mailer.sent[0]?.text).toContain('Good morning everybody.');
    expect(world.mailer.sent[0]?.text).toContain(`https://verbatim.example/d/${job.jobId}.1.`);
    expect(await world.job(job.jobId)).toMatchObject({
      owes: [],
      dueAt: null,
      deliveries: { '1/COMPLETED/mail': { state: 'sent' } },
    });
  });

  it('mails about a failure too, with what to do about it', async () => {
    const job = await world.has(aFailedJob());
    expect(await notify(job)).toBe('done');
    expect(world.mailer.sent).toMatchObject([{ subject: 'Transcription failed: meeting.mp3' }]);
    expect(world.mailer.sent[0]?.text).toContain('Upload an mp3, wav');
  });

  it('settles the job of a user who wants no mail', async () => {
    const job = await completedJob({ notifyTo: null });
    expect(await notify(job)).toBe('done');
    expect(world.mailer.sent).toEqual([]);
    expect(await world.job(job.jobId)).toMatchObject({ owes: [], dueAt: null, deliveries: {} });
  });

  it('sends one mail for ten messages at once, and none for the eleventh', async () => {
    const job = await completedJob();
    await Promise.all(Array.from({ length: 10 }, () => notify(job)));
    expect(world.mailer.sent).toHaveLength(1);
    expect(await notify(job)).toBe('done');
    expect(world.mailer.sent).toHaveLength(1);
  });

  it('keeps what else is owed', async () => {
    const job = await world.has(aFailedJob({ owes: ['announce', 'signal-dead-letter'] }));
    await notify(job);
    const after = await world.job(job.jobId);
    expect(after).toMatchObject({ owes: ['signal-dead-letter'], dueAt: job.dueAt });
  });

  it('says nothing about a run that is no longer the current one', async () => {
    const job = await world.has(aFailedJob());
    await world.jobs.change(job.jobId, newRun(job, 'user', world.clock.now(), world.ports.times));
    expect(await notify(job)).toBe('done');
    await world.jobs.change(job.jobId, { expect: {}, set: { status: 'FAILED', owes: ['announce'] } });
    expect(await notify(job)).toBe('done');
    expect(world.mailer.sent).toEqual([]);
    expect(await world.job(job.jobId)).toMatchObject({ run: 2, owes: ['announce'] });
  });

  it('says nothing about a job that was deleted, cancelled or is unknown', async () => {
    const job = await completedJob();
    await world.jobs.change(job.jobId, erased(job, world.clock.now()));
    expect(await notify(job)).toBe('done');

    const running = await world.has({ status: 'PROCESSING', notifyTo: 'ana@example.com' });
    await world.jobs.change(running.jobId, canceled(running, world.clock.now(), world.ports.times));
    expect(await notify({ ...running, status: 'CANCELED' })).toBe('done');
    expect(await notifyJobFinished({ ...endOf(job), jobId: 'job_unknown' }, 1, world.ports)).toBe('done');
    expect(world.mailer.sent).toEqual([]);
  });

  it('tells a second run on its own', async () => {
    const failed = await world.has(aFailedJob());
    await notify(failed);
    const { jobId } = failed;
    await world.jobs.change(jobId, { expect: {}, set: { run: 2, owes: ['announce'], dueAt: 1 } });
    await notify(await world.job(jobId));
    expect(world.mailer.sent.map((mail) => mail.id)).toEqual([
      `${jobId}.r1.failed.mail`,
      `${jobId}.r2.failed.mail`,
    ]);
  });
});

describe('notifyJobFinished, when mail does not go', () => {
  it('gives up on an address that is refused for good, and settles the job', async () => {
    const job = await completedJob();
    world.mailer.fault = new MailRefused('no such address');
    expect(await notify(job)).toBe('done');
    world.mailer.fault = null;
    expect(await notify(job)).toBe('done');
    expect(world.mailer.sent).toEqual([]);
    expect(await world.job(job.jobId)).toMatchObject({
      owes: [],
      deliveries: { '1/COMPLETED/mail': { state: 'failed' } },
    });
  });

  it('tries again later and later, then leaves the debt to the reconciler', async () => {
    const job = await completedJob();
    world.mailer.fault = new MailUnavailable('down');
    const outcomes = [];
    for (const receives of [1, 2, 3, 6, 7]) outcomes.push(await notify(job, receives));
    expect(outcomes).toEqual([
      ...[5_000, 10_000, 20_000, 160_000].map((returnInMs) => ({ returnInMs })),
      'done',
    ]);
    const after = await world.job(job.jobId);
    expect(after).toMatchObject({ owes: ['announce'], deliveries: {}, dueAt: job.dueAt });
  });

  it('delivers once when the mail server comes back after a day, without a growing pile of messages', async () => {
    const job = await completedJob();
    world.mailer.fault = new MailUnavailable('down');
    const attempts = vi.spyOn(world.mailer, 'send');
    const dayLater = world.clock.now() + 24 * 3_600_000;
    let messages = [{ at: world.clock.now(), receives: 0 }];
    let most = 0;
    for (;;) {
      const { owes, dueAt } = await world.job(job.jobId);
      if (owes.length === 0) break;
      world.clock.set(
        Math.max(world.clock.now(), Math.min(dueAt ?? Infinity, ...messages.map(({ at }) => at))),
      );
      const now = world.clock.now();
      if (now >= dayLater) world.mailer.fault = null;
      const announced = world.queue.bodies('notification').length;
      await reconcile(world.ports, new AbortController().signal);
      if (world.queue.bodies('notification').length > announced) messages.push({ at: now, receives: 0 });
      const due = messages.filter(({ at }) => at <= now);
      messages = messages.filter(({ at }) => at > now);
      for (const { receives } of due) {
        const outcome = await notify(job, receives + 1);
        if (typeof outcome === 'string') continue;
        const { returnInMs } = outcome as { returnInMs: number };
        messages.push({ at: now + returnInMs, receives: receives + 1 });
      }
      most = Math.max(most, messages.length);
    }
    expect(world.mailer.sent).toHaveLength(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(attempts.mock.calls.length).toBeLessThan(300);
  });

  it('waits with the mail while the transcript cannot be read', async () => {
    const job = await completedJob();
    world.objects.down = true;
    expect(await notify(job)).toEqual({ returnInMs: 5_000 });
    world.objects.down = false;
    expect(await notify(job, 2)).toBe('done');
    expect(world.mailer.sent).toHaveLength(1);
  });

  it('gives the message back while the table does not answer', async () => {
    const job = await completedJob();
    world.jobs.down = true;
    await expect(notify(job)).rejects.toThrow('down');
    world.jobs.down = false;
    expect(await notify(job)).toBe('done');
  });
});

describe('notifyJobFinished, on two channels', () => {
  it('remembers what one of us sent while another of us used the other channel', async () => {
    // Given a mail that takes its time
    const job = await completedJob();
    const sent = Promise.withResolvers<void>();
    const mail = { name: 'mail', wanted: () => true, deliver: vi.fn(() => sent.promise) };
    const webhook = { name: 'webhook', wanted: () => true, deliver: vi.fn(async () => {}) };
    const ports = { ...world.ports, channels: [mail, webhook] };
    const first = notify(job, 1, ports);
    await vi.waitFor(() => expect(mail.deliver).toHaveBeenCalled());

    // When a second message makes another notifier deliver on the other channel meanwhile
    expect(await notify(job, 1, ports)).toEqual({ returnInMs: 15_000 });
    sent.resolve();
    expect(await first).toBe('done');

    // Then nobody sends the mail again
    world.clock.advance(60_000);
    expect(await notify(job, 2, ports)).toBe('done');
    expect(mail.deliver).toHaveBeenCalledTimes(1);
    expect(webhook.deliver).toHaveBeenCalledTimes(1);
    expect(await world.job(job.jobId)).toMatchObject({
      owes: [],
      deliveries: { '1/COMPLETED/mail': { state: 'sent' }, '1/COMPLETED/webhook': { state: 'sent' } },
    });
  });
});

describe('notifyJobFinished, after a crash', () => {
  class Crash extends Error {}
  const sending = { deliveries: { '1/COMPLETED/mail': { state: 'sending' } } };
  let folder: string;
  let mail: MailChannel;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-notifier-'));
    const mailer = await openMailer({ ...MailSettings.parse({}), DATA_DIR: folder });
    mail = new MailChannel({ ...world, mailer, publicUrl: 'http://v', linkSecret: 'secret' });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const outbox = () => readdir(join(folder, 'outbox'));
  const withOutbox = () => ({ ...world.ports, channels: [mail] });

  /** The process dies right before its `nth` write to the table; `vi.restoreAllMocks()` starts another one. */
  function dieBeforeWrite(nth: number): void {
    const change = world.jobs.change.bind(world.jobs);
    let writes = 0;
    vi.spyOn(world.jobs, 'change').mockImplementation(async (jobId, set) => {
      writes += 1;
      if (writes === nth) throw new Crash(`before write ${nth}`);
      return change(jobId, set);
    });
  }

  it('sends the mail that was claimed and never sent, once its claim is a minute old', async () => {
    const job = await completedJob();
    vi.spyOn(mail, 'deliver').mockReturnValueOnce(new Promise(() => {}));
    void notify(job, 1, withOutbox());
    await vi.waitFor(async () => expect(await world.job(job.jobId)).toMatchObject(sending));

    world.clock.advance(20_000);
    expect(await notify(job, 2, withOutbox())).toEqual({ returnInMs: 15_000 });
    world.clock.advance(40_000);
    expect(await notify(job, 3, withOutbox())).toBe('done');
    expect(await outbox()).toEqual([`${job.jobId}.r1.completed.mail.eml`]);
    expect(await world.job(job.jobId)).toMatchObject({ owes: [] });
  });

  it('leaves one mail in the outbox when it died after sending, before it could say so', async () => {
    const job = await completedJob();
    dieBeforeWrite(2);
    await expect(notify(job, 1, withOutbox())).rejects.toThrow(Crash);
    expect(await outbox()).toHaveLength(1);

    vi.restoreAllMocks();
    expect(await notify(job, 2, withOutbox())).toEqual({ returnInMs: 15_000 });
    world.clock.advance(60_000);
    expect(await notify(job, 3, withOutbox())).toBe('done');
    expect(await outbox()).toEqual([`${job.jobId}.r1.completed.mail.eml`]);
    expect(await world.job(job.jobId)).toMatchObject({ owes: [] });
  });

  it('sends over SMTP at most once more for that crash, under the same id', async () => {
    const job = await completedJob();
    dieBeforeWrite(2);
    await expect(notify(job)).rejects.toThrow(Crash);

    vi.restoreAllMocks();
    world.clock.advance(60_000);
    await notify(job, 2);
    await notify(job, 3);
    expect(world.mailer.sent.map((sent) => sent.id)).toEqual(Array(2).fill(`${job.jobId}.r1.completed.mail`));
  });

  it('sends nothing again when it died after the mark, before the debt was paid', async () => {
    const job = await completedJob();
    dieBeforeWrite(3);
    await expect(notify(job)).rejects.toThrow(Crash);

    vi.restoreAllMocks();
    expect(await notify(job, 2)).toBe('done');
    expect(world.mailer.sent).toHaveLength(1);
    expect(await world.job(job.jobId)).toMatchObject({ owes: [], dueAt: null });
  });
});

describe('consumeNotifications', () => {
  it('takes messages from the queue and sets aside what it cannot read', async () => {
    const job = await completedJob();
    const consumer = consumeNotifications(world.ports);
    await world.queue.send('notification', '{"kind":"job"}', { groupId: 'x' });
    await world.queue.send('notification', JSON.stringify(endOf(job)), { groupId: 'x' });
    await vi.waitFor(() => expect(world.mailer.sent).toHaveLength(1));
    await vi.waitFor(() => expect(world.queue.bodies('notification')).toEqual([]));
    expect(world.queue.dead).toMatchObject([{ body: '{"kind":"job"}', reason: 'message.undecodable' }]);
    await consumer.stop({ graceMs: 0 });
  });
});
