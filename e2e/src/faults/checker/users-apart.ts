import type { Evidence } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** I7: each user sees all jobs of its own, and never one of another's. */
export function usersApart({ promised, listed, foreignAnswers }: Evidence): Violation[] {
  const ownerOf = new Map(promised.map(({ jobId, userId }) => [jobId, userId]));
  const found = foreignAnswers.map((what) => violation(null, 'leaked', what));
  for (const [userId, ids] of listed) {
    const seen = new Set(ids);
    for (const jobId of ids) {
      const owner = ownerOf.get(jobId);
      if (owner !== undefined && owner !== userId) {
        found.push(violation(jobId, 'leaked', `${userId} sees a job of ${owner}`));
      }
    }
    for (const { jobId, withdrawn, userId: owner } of promised) {
      if (owner !== userId) continue;
      const isGone = withdrawn === 'deleted';
      if (isGone && seen.has(jobId)) found.push(violation(jobId, 'leaked', 'it was deleted, and is listed'));
      if (!isGone && !seen.has(jobId)) found.push(violation(jobId, 'lost', 'its user does not find it'));
    }
  }
  return found;
}

function violation(jobId: string | null, harm: Violation['harm'], what: string): Violation {
  return { invariant: 'I7', harm, jobId, what };
}
