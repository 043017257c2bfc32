import { type DeadLetter, toDeadLetter } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { aJobView, FakeVerbatim, problem } from '../testing/fake-verbatim.ts';
import { runVerbatim } from '../testing/run-verbatim.ts';

let server: FakeVerbatim;
beforeEach(async () => {
  server = await FakeVerbatim.start();
});

const verbatim = (...args: string[]) => runVerbatim(['dead-letters', ...args, '--url', server.url]);
const at = Date.parse('2026-01-01T12:30:00.000Z');

function aDeadLetter(reason = 'engine.crashed', fileName = 'a.mp3'): DeadLetter {
  const job = aJob({
    ...{ userId: 'ana', fileName, createdAt: at, failures: 4 },
    deadLetter: { reason, at },
    lastError: { code: reason, detail: 'EngineCrashed: SIGSEGV', at },
  });
  return toDeadLetter(job) as DeadLetter;
}

function given(...letters: DeadLetter[]): string[] {
  server.deadLetters.push(...letters);
  for (const { jobId } of letters) {
    server.jobs.set(jobId, { job: aJobView({ jobId }), uploaded: null, parts: new Map(), future: [] });
  }
  return letters.map(({ jobId }) => jobId);
}

describe('verbatim dead-letters list', () => {
  it('is a table of what was given up, and why', async () => {
    const [jobId] = given(aDeadLetter());
    const { exitCode, stdout } = await verbatim('list');
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^job +reason +failures +given up \(UTC\) +user +file +last error$/),
      `${jobId}  engine.crashed         4  2026-01-01 12:30  ana   a.mp3  EngineCrashed: SIGSEGV`,
    ]);
  });

  it('keeps to a reason, gives JSON, and lets no file name steer the terminal', async () => {
    given(aDeadLetter(), aDeadLetter('disk.full', '\u001b[2Jx.mp3'));
    const json = await verbatim('list', '--reason', 'disk.full', '--json');
    expect(JSON.parse(json.stdout)).toEqual([server.deadLetters[1]]);
    expect((await verbatim('list')).stdout).toContain('?[2Jx.mp3');
  });

  it('says so when there are none, and what the server says to who is no operator', async () => {
    expect((await verbatim('list')).stdout).toBe('No dead letters.\n');
    server.trouble('GET /v1/admin/dead-letters', problem(403, 'auth.not_operator', 'This is for operators.'));
    const { exitCode, stderr } = await verbatim('list');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'verbatim: This is for operators.\n' });
  });
});

describe('verbatim dead-letters show', () => {
  it('tells what to do about one, and what happened to it', async () => {
    const [jobId = ''] = given(aDeadLetter());
    const { stdout } = await verbatim('show', jobId);
    expect(stdout).toMatch(/^to do +Look in the worker’s log/m);
    expect(stdout).toMatch(
      /^last error +engine\.crashed, 2026-01-01T12:30:00\.000Z: EngineCrashed: SIGSEGV$/m,
    );
    expect(stdout).toMatch(/job\.created/);
    const json = await verbatim('show', jobId, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ jobId, history: server.history });
  });
});

describe('verbatim dead-letters replay', () => {
  it('starts those afresh that are named', async () => {
    const [one = '', , three = ''] = given(aDeadLetter(), aDeadLetter(), aDeadLetter());
    const { exitCode, stdout } = await verbatim('replay', one, three);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '2 replayed.\n' });
    expect(server.deadLetters).toHaveLength(1);
  });

  it('fails when one of them is none', async () => {
    const [one = ''] = given(aDeadLetter());
    const { exitCode, stdout, stderr } = await verbatim('replay', one, 'job_x');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '1 replayed.\n' });
    expect(stderr).toBe('job_x is no dead letter any more, or never was (dead_letter.unknown).\n');
  });

  it('takes all of them, page by page, and passes on which are meant', async () => {
    given(...Array.from({ length: 250 }, () => aDeadLetter()));
    const { exitCode, stdout } = await verbatim(
      ...['replay', '--all', '--reason', 'engine.crashed', '--before', '2026-01-02T00:00Z', '--json'],
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).replayed).toHaveLength(250);
    const selection = { all: true, reason: 'engine.crashed', before: '2026-01-02T00:00:00.000Z' };
    expect(server.replays).toEqual([
      selection,
      { ...selection, cursor: expect.stringMatching(/^after/) },
      { ...selection, cursor: expect.stringMatching(/^after/) },
    ]);
  });

  it.each(['', '--all job_1', 'job_1 --reason x', '--all --before yesterday'])(
    'does not guess what is meant by "%s"',
    async (args) => {
      const { exitCode } = await verbatim('replay', ...args.split(' ').filter(Boolean));
      expect(exitCode).toBe(2);
      expect(server.replays).toEqual([]);
    },
  );
});
