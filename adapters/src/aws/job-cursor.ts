import { BadCursor, type JobRecord } from '@verbatim/domain';
import { z } from 'zod';

/** The last job of a page. The user is not in it: a cursor leads nobody to another user's jobs. */
const JobCursor = z.tuple([z.number().int(), z.string().max(100)]);

export function writeCursor(job: JobRecord): string {
  return Buffer.from(JSON.stringify([job.createdAt, job.jobId])).toString('base64url');
}

/** @throws BadCursor */
export function readCursor(cursor: string): { createdAt: number; jobId: string } {
  try {
    const [createdAt, jobId] = JobCursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { createdAt, jobId };
  } catch (error) {
    throw new BadCursor('not a cursor of ours', { cause: error });
  }
}
