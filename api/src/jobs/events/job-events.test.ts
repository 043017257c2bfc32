import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { erased, type Job, type JobRecord, StorageUnavailable } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { anasKey, bobsKey, type FakePlatform, listen, openTestApp } from '../../testing/test-app.ts';
import { JobFeeds } from './job-feeds.ts';

const quick = { lookMs: 10, maxLookMs: 20, heartbeatMs: 20 };

async function openWithJob(events = {}) {
  const opened = await openTestApp({ events: { ...quick, ...events } });
  const { app, platform } = opened;
  const port = await listen(app);
  const job = aJob({
    userId: 'ana',
    status: 'PROCESSING',
    phase: 'transcribing',
    durationSeconds: 100,
    dueAt: platform.clock.now() + 35_000,
  });
  await platform.jobs.create(job);
  const address = `http://127.0.0.1:${port}/v1/jobs/${job.jobId}/events`;
  return { ...opened, job, port, address, feeds: app.get(JobFeeds) };
}

function change(platform: FakePlatform, { jobId }: JobRecord, set: Partial<JobRecord>) {
  return platform.jobs.change(jobId, { expect: {}, set });
}

interface Event {
  id: string;
  event: string;
  job: Job;
}

/** What a client of the specification sees: dispatched events, and the lines that it leaves out. */
class Stream {
  readonly response: IncomingMessage;
  readonly events: Event[] = [];
  readonly comments: string[] = [];
  ended = false;

  static async open(address: string, headers: Record<string, string> = {}): Promise<Stream> {
    // A connection for each: one in a pool would be kept for the next request, and keep the server.
    const request = get(address, {
      agent: false,
      headers: { Authorization: `Bearer ${anasKey}`, ...headers },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    onTestFinished(() => void response.destroy());
    return new Stream(response);
  }

  private constructor(response: IncomingMessage) {
    this.response = response;
    void this.read().catch(() => {});
  }

  close(): void {
    this.response.destroy();
  }

  private async read(): Promise<void> {
    let buffer = '';
    for await (const piece of this.response.setEncoding('utf8')) {
      buffer += piece;
      const blocks = buffer.split('\n\n');
      buffer = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
    this.ended = true;
  }

  private take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    if (fields.has('')) this.comments.push(block);
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({
      id: fields.get('id') ?? '',
      event: fields.get('event') ?? '',
      job: JSON.parse(data),
    });
  }
}

const seconds = (stream: Stream) => stream.events.map(({ job }) => job.progress.audioSecondsDone);

describe('GET /v1/jobs/{id}/events', () => {
  it('sends each state that the job comes to, under growing ids, and ends with the last', async () => {
    const { address, platform, job } = await openWithJob();
    const stream = await Stream.open(address);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    for (const audioSecondsDone of [10, 20, 30]) {
      await change(platform, job, { audioSecondsDone });
      await vi.waitFor(() => expect(seconds(stream)).toContain(audioSecondsDone));
    }
    await change(platform, job, { status: 'COMPLETED', phase: 'done' });
    await vi.waitFor(() => expect(stream.ended).toBe(true));
    expect(seconds(stream)).toEqual([0, 10, 20, 30, 30]);
    expect(stream.events.at(-1)).toMatchObject({ event: 'job', job: { status: 'COMPLETED' } });
    const ids = stream.events.map(({ id }) => Number.parseInt(id, 10));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('goes on for a client that comes back, with what it has missed and nothing twice', async () => {
    const { address, platform, job } = await openWithJob();
    const first = await Stream.open(address);
    await vi.waitFor(() => expect(first.events).toHaveLength(1));
    first.close();
    const seen = { 'Last-Event-ID': first.events[0]?.id ?? '' };
    const unchanged = await Stream.open(address, seen);
    await vi.waitFor(() => expect(unchanged.comments.length).toBeGreaterThan(2));
    expect(unchanged.events).toEqual([]);
    await change(platform, job, { audioSecondsDone: 10 });
    const changed = await Stream.open(address, seen);
    await vi.waitFor(() => expect(seconds(changed)).toEqual([10]));
    await vi.waitFor(() => expect(seconds(unchanged)).toEqual([10]));
    const strange = await Stream.open(address, { 'Last-Event-ID': 'none of ours' });
    await vi.waitFor(() => expect(seconds(strange)).toEqual([10]));
  });

  it('tells a client that has seen the end not to come again', async () => {
    const { address, platform, job } = await openWithJob();
    await change(platform, job, { status: 'CANCELED' });
    const stream = await Stream.open(address);
    await vi.waitFor(() => expect(stream.ended).toBe(true));
    expect(stream.events.map((event) => event.job.status)).toEqual(['CANCELED']);
    const again = await Stream.open(address, { 'Last-Event-ID': stream.events[0]?.id ?? '' });
    expect(again.response.statusCode).toBe(204);
  });

  it('answers a HEAD and is done', async () => {
    const { address, feeds } = await openWithJob();
    const answer = await fetch(address, { method: 'HEAD', headers: { Authorization: `Bearer ${anasKey}` } });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await vi.waitFor(() => expect(feeds.size).toBe(0));
  });

  it('keeps the connection warm while nothing happens', async () => {
    const { address } = await openWithJob();
    const stream = await Stream.open(address);
    await vi.waitFor(() => expect(stream.comments.length).toBeGreaterThan(3));
    expect(stream.events).toHaveLength(1);
  });

  it('looks once for all who follow a job, and no more when they are gone', async () => {
    const { address, platform, job, feeds } = await openWithJob({ maxLookMs: 10 });
    const other = aJob({ userId: 'ana', status: 'PROCESSING' });
    await platform.jobs.create(other);
    await Stream.open(address.replace(job.jobId, other.jobId));
    const streams: Stream[] = [];
    for (let follower = 0; follower < 5; follower++) streams.push(await Stream.open(address));
    const looks = vi.spyOn(platform.jobs, 'get');
    const looksAt = ({ jobId }: JobRecord) => looks.mock.calls.filter(([id]) => id === jobId).length;

    await vi.waitFor(() => expect(looksAt(other)).toBeGreaterThan(10));
    expect(looksAt(job)).toBeLessThan(2 * looksAt(other));
    expect(feeds.size).toBe(2);
    for (const stream of streams) stream.close();
    await vi.waitFor(() => expect(feeds.size).toBe(1));
    looks.mockClear();
    await vi.waitFor(() => expect(looksAt(other)).toBeGreaterThan(3));
    expect(looksAt(job)).toBe(0);
  });

  it('looks less often while nothing changes', async () => {
    const { address, platform, job } = await openWithJob({ lookMs: 20, maxLookMs: 160 });
    const at: number[] = [];
    const stored = platform.jobs.get.bind(platform.jobs);
    platform.jobs.get = (jobId) => {
      at.push(performance.now());
      return stored(jobId);
    };
    const stream = await Stream.open(address);
    await vi.waitFor(() => expect(at.length).toBeGreaterThan(7), { timeout: 3_000 });
    expect((at.at(-1) ?? 0) - (at.at(-2) ?? 0)).toBeGreaterThan(120);
    await change(platform, job, { audioSecondsDone: 10 });
    await vi.waitFor(() => expect(seconds(stream)).toContain(10));
  });

  it('stays while the table does not answer, and goes on', async () => {
    const { address, platform, job } = await openWithJob();
    const stream = await Stream.open(address);
    await vi.waitFor(() => expect(stream.events).toHaveLength(1));
    const looks = vi.spyOn(platform.jobs, 'get').mockRejectedValue(new StorageUnavailable('down'));
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(3));
    looks.mockRestore();
    await change(platform, job, { audioSecondsDone: 10 });
    await vi.waitFor(() => expect(seconds(stream)).toEqual([0, 10]));
  });

  it('ends when the job is erased', async () => {
    const { address, platform, job } = await openWithJob();
    const stream = await Stream.open(address);
    await vi.waitFor(() => expect(stream.events).toHaveLength(1));
    await platform.jobs.change(job.jobId, erased(job, platform.clock.now()));
    await vi.waitFor(() => expect(stream.ended).toBe(true));
    expect(stream.events).toHaveLength(1);
    expect((await Stream.open(address)).response.statusCode).toBe(404);
  });

  it('ends when the server stops, which waits for nobody', async () => {
    const { address, app, feeds } = await openWithJob();
    const streams = [await Stream.open(address), await Stream.open(address)];
    await vi.waitFor(() => expect(streams[1]?.events).toHaveLength(1));
    await app.close();
    await vi.waitFor(() => expect(streams.map(({ ended }) => ended)).toEqual([true, true]));
    expect(feeds.size).toBe(0);
  });

  it('has limits for each user and for all', async () => {
    const { address, platform, job } = await openWithJob({ streamsPerUser: 2, streams: 3 });
    const first = await Stream.open(address);
    await Stream.open(address);
    const third = await Stream.open(address);
    expect(third.response.statusCode).toBe(429);
    expect(Number(third.response.headers['retry-after'])).toBeGreaterThan(0);
    first.close();
    await vi.waitFor(async () => expect((await Stream.open(address)).response.statusCode).toBe(200));

    const bobs = aJob({ userId: 'bob', status: 'QUEUED' });
    await platform.jobs.create(bobs);
    const asBob = { Authorization: `Bearer ${bobsKey}` };
    const answers = [];
    for (let asked = 0; asked < 2; asked++) {
      answers.push((await Stream.open(address.replace(job.jobId, bobs.jobId), asBob)).response.statusCode);
    }
    expect(answers).toEqual([200, 503]);
  });

  it('drops a client that reads nothing, and holds nothing back for it but the newest', async () => {
    const { port, platform, job, feeds } = await openWithJob();
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write(
      `GET /v1/jobs/${job.jobId}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${anasKey}\r\n\r\n`,
    );
    await vi.waitFor(() => expect(feeds.size).toBe(1));
    let step = 0;
    await vi.waitFor(
      async () => {
        await change(platform, job, { fileName: `${++step} ${'x'.repeat(1_000_000)}` });
        expect(feeds.size).toBe(0);
      },
      { timeout: 10_000, interval: 20 },
    );
  }, 20_000);
});
