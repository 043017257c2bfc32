import { describe, expect, it } from 'vitest';
import { liveLine } from './live-line.ts';

describe('liveLine', () => {
  it('counts the jobs of this run by what they do, in the order of their life', () => {
    const statuses = ['PROCESSING', 'QUEUED', 'COMPLETED', 'PROCESSING', 'PENDING_UPLOAD', 'FAILED'];
    expect(liveLine(12.4, 10, statuses)).toBe(
      '12 s: 6 of 10 jobs: 1 uploading, 1 waiting, 2 transcribing, 1 done, 1 failed',
    );
  });

  it('says nothing about statuses before there is a job', () => {
    expect(liveLine(0.2, 10, [])).toBe('0 s: 0 of 10 jobs');
  });
});
