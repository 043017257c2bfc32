import { describe, expect, it } from 'vitest';
import { lineForPeople } from './line-for-people.ts';

const time = new Date(2026, 0, 2, 10, 42, 7).getTime();

describe('lineForPeople', () => {
  it('tells what becomes of a job', () => {
    const jobId = 'job_1';
    expect(shown({ level: 30, event: 'job.claimed', jobId })).toBe('10:42:07 job_1 started');
    expect(shown({ level: 30, event: 'job.completed', jobId, audioSeconds: 420, seconds: 12.2 })).toBe(
      '10:42:07 job_1 transcribed 7:00 of audio in 12 s',
    );
    expect(shown({ level: 30, event: 'job.completed', jobId, audioSeconds: 3723.4, seconds: 1 })).toBe(
      '10:42:07 job_1 transcribed 1:02:03 of audio in 1 s',
    );
  });

  it('tells which program died', () => {
    const death = { level: 40, event: 'program.died', program: 'worker', code: null, signal: 'SIGKILL' };
    expect(shown({ ...death, restartInMs: 500 })).toBe(
      '10:42:07 worker ended unasked (SIGKILL); it starts again in 0.5 s',
    );
    const error = { message: 'spawn ENOMEM' };
    expect(shown({ ...death, signal: null, error, restartInMs: 1000 })).toBe(
      '10:42:07 worker could not be started (spawn ENOMEM); it starts again in 1 s',
    );
  });

  it('tells which guards a system did not grant', () => {
    const missing = ['noNetwork', 'noCapabilities', 'limits'];
    expect(shown({ level: 40, event: 'child_guards.missing', missing })).toBe(
      '10:42:07 ffmpeg runs with fewer guards than it could: it is not cut off from the network (unshare), ' +
        'it has the capabilities that the worker has (setpriv), its memory and time are not bounded (prlimit)',
    );
  });

  it('keeps what is only of interest to machines to itself', () => {
    expect(shown({ level: 30, event: 'worker.ready' })).toBeUndefined();
    expect(shown({ level: 20, msg: 'polled' })).toBeUndefined();
    expect(shown({ level: 40, event: 'model.note', note: 'demo' })).toBeUndefined();
  });

  it('shows warnings and errors with their reason, however it was logged', () => {
    expect(
      shown({
        level: 40,
        event: 'job.attempt_failed',
        jobId: 'job_1',
        code: 'audio.unreadable',
        failures: 1,
      }),
    ).toBe('10:42:07 worker: job.attempt_failed job_1 audio.unreadable');
    expect(shown({ level: 50, msg: 'no table', err: { message: 'ENOENT', stack: '...' } })).toBe(
      '10:42:07 worker: no table ENOENT',
    );
  });

  it('hands on what is no log line, such as the last words of a crash', () => {
    expect(lineForPeople('worker', 'Error: out of memory')).toBe('worker: Error: out of memory');
    expect(lineForPeople('worker', '42')).toBe('worker: 42');
  });

  function shown(record: Record<string, unknown>): string | undefined {
    return lineForPeople('worker', JSON.stringify({ time, ...record }));
  }
});
