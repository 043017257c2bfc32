import { describe, expect, it } from 'vitest';
import { isFinal, JobStatus, mayMove } from './job-status.ts';

/** Every move there is, written out once more: whoever changes the table has to mean it. */
const legalMoves = [
  'PENDING_UPLOAD -> QUEUED',
  'PENDING_UPLOAD -> FAILED',
  'PENDING_UPLOAD -> CANCELED',
  'PENDING_UPLOAD -> EXPIRED',
  'QUEUED -> PROCESSING',
  'QUEUED -> CANCELED',
  'QUEUED -> FAILED',
  'PROCESSING -> COMPLETED',
  'PROCESSING -> FAILED',
  'PROCESSING -> QUEUED',
  'PROCESSING -> CANCELED',
  'FAILED -> QUEUED',
];

describe('the status of a job', () => {
  it('moves along the legal moves and no others', () => {
    const statuses = JobStatus.options;
    const moves = statuses.flatMap((from) =>
      statuses.filter((to) => mayMove(from, to)).map((to) => `${from} -> ${to}`),
    );

    expect(moves.sort()).toEqual([...legalMoves].sort());
  });

  it('is final where only the user or an operator leads out', () => {
    expect(JobStatus.options.filter(isFinal)).toEqual(['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED']);
  });
});
