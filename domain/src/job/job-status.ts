import { z } from 'zod';

export const JobStatus = z.enum([
  'PENDING_UPLOAD',
  'QUEUED',
  'PROCESSING',
  'COMPLETED',
  'FAILED',
  'CANCELED',
  'EXPIRED',
]);
export type JobStatus = z.infer<typeof JobStatus>;

/**
 * Every legal move. PROCESSING -> QUEUED is a retry or an interruption; out of FAILED leads only a new run;
 * PENDING_UPLOAD -> FAILED is an upload that breaks its own announcement (empty, too large, of another type).
 */
const moves: Record<JobStatus, readonly JobStatus[]> = {
  PENDING_UPLOAD: ['QUEUED', 'FAILED', 'CANCELED', 'EXPIRED'],
  QUEUED: ['PROCESSING', 'CANCELED', 'FAILED'],
  PROCESSING: ['COMPLETED', 'FAILED', 'QUEUED', 'CANCELED'],
  FAILED: ['QUEUED'],
  COMPLETED: [],
  CANCELED: [],
  EXPIRED: [],
};

export function mayMove(from: JobStatus, to: JobStatus): boolean {
  return moves[from].includes(to);
}

const finalStatuses = ['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED'] as const satisfies JobStatus[];

/** Nothing more happens to such a job by itself within its run. */
export function isFinal(status: JobStatus): boolean {
  return (finalStatuses as readonly JobStatus[]).includes(status);
}
