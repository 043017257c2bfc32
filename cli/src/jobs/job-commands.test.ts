import { beforeEach, describe, expect, it } from 'vitest';
import { aJobView, FakeVerbatim, problem } from '../testing/fake-verbatim.ts';
import { runVerbatim } from '../testing/run-verbatim.ts';

let server: FakeVerbatim;
beforeEach(async () => {
  server = await FakeVerbatim.start();
});

const verbatim = (...args: string[]) => runVerbatim([...args, '--url', server.url]);

function given(over: Parameters<typeof aJobView>[0] = {}): string {
  const job = aJobView(over);
  server.jobs.set(job.jobId, { job, uploaded: null, parts: new Map(), future: [] });
  return job.jobId;
}

describe('verbatim jobs', () => {
  it('lists the jobs as a table', async () => {
    const jobId = given({ status: 'COMPLETED', durationSeconds: 3723, fileName: 'a.mp3' });
    const { exitCode, stdout } = await verbatim('jobs');
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^job +status +done +length +created \(UTC\) +file$/),
      `${jobId}  COMPLETED   0 %  1:02:03  2026-01-01 00:00  a.mp3`,
    ]);
  });

  it('lets no file name steer the terminal', async () => {
    given({ fileName: '\u001b[2Jgone\u0007.mp3' });
    expect((await verbatim('jobs')).stdout).toContain('?[2Jgone?.mp3');
  });

  it('turns pages until it has as many as asked for', async () => {
    const pages = [200, 100, 50].map((count, page) => ({
      items: Array.from({ length: Math.min(100, count) }, () => aJobView()),
      nextCursor: page < 2 ? `page${page + 1}` : null,
    }));
    server.trouble(
      'GET /v1/jobs',
      ...pages.map(
        (page) => (response: { end(text: string): unknown }) => void response.end(JSON.stringify(page)),
      ),
    );
    const { stdout } = await verbatim('jobs', '--limit', '1000', '--json');
    expect(JSON.parse(stdout)).toHaveLength(250);
  });

  it('says so when there are none', async () => {
    expect((await verbatim('jobs')).stdout).toBe('No jobs.\n');
  });
});

describe('verbatim jobs history', () => {
  it('tells what happened to a job, one event a line', async () => {
    const claim = { fence: 1, worker: 'box-7-abc' };
    const [created] = server.history.items as [(typeof server.history.items)[0]];
    server.history.items.push(
      { ...created, ...claim, event: 'job.claimed', from: 'QUEUED', to: 'PROCESSING' },
      { ...created, fence: 1, event: 'chunk.attempt_failed', chunk: 3, to: null, code: 'engine.crashed' },
    );
    server.history.dropped = 7;
    const { exitCode, stdout } = await verbatim('jobs', 'history', given());
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      'at (UTC)             event                   status          run  fence  why             worker',
      '2026-01-01 00:00:00  job.created             PENDING_UPLOAD    1      0',
      '2026-01-01 00:00:00  job.claimed             PROCESSING        1      1                  box-7-abc',
      '2026-01-01 00:00:00  chunk.attempt_failed 3                    1      1  engine.crashed',
      '7 events are left out of the middle.',
    ]);
  });

  it('gives it as JSON', async () => {
    const { stdout } = await verbatim('jobs', 'history', given(), '--json');
    expect(JSON.parse(stdout)).toEqual(server.history);
  });
});

describe('verbatim status, cancel, retry and delete', () => {
  it('show a job, and what failed in it', async () => {
    const jobId = given({
      status: 'FAILED',
      error: { code: 'audio.unreadable', message: 'We could not read it.' },
    });
    const { stdout } = await verbatim('status', jobId);
    expect(stdout).toMatch(/^status +FAILED: We could not read it\.$/m);
    const json = await verbatim('status', jobId, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ jobId });
  });

  it('do what they say', async () => {
    const jobId = given({ status: 'QUEUED' });
    expect((await verbatim('cancel', jobId)).stdout).toMatch(/^status +CANCELED$/m);
    expect((await verbatim('retry', jobId)).stdout).toMatch(/^status +QUEUED$/m);
    expect((await verbatim('delete', jobId)).stdout).toBe(`${jobId} is deleted.\n`);
    expect(server.jobs.size).toBe(0);
  });

  it.each(['status', 'cancel', 'retry', 'delete'])(
    'pass on what the server says of an unknown job (%s)',
    async (command) => {
      const { exitCode, stderr } = await verbatim(command, aJobView().jobId);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'verbatim: There is no such job.\n' });
    },
  );

  it('send the key, and never show it', async () => {
    const key = 'k'.repeat(32);
    server.trouble('GET /v1/jobs', problem(401, 'auth.wrong_key', 'This API key is not known here.'));
    const ended = await runVerbatim(['jobs', '--url', server.url], { env: { VERBATIM_API_KEY: key } });
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(JSON.stringify(ended)).not.toContain(key);
  });
});
