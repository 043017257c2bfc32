import type { Evidence } from '../evidence/evidence.ts';
import { isClaim, type Move, type StoredJob } from '../evidence/stored.ts';
import type { Violation } from './violation.ts';

/** I8: fences strictly increase with each claim, of the job and of each of its chunks; only the highest wins. */
export function fencesIncrease({ jobs }: Evidence): Violation[] {
  return jobs.flatMap((job) => [...reusedFences(job), ...forgottenClaims(job), ...lateWinner(job)]);
}

function reusedFences({ record, history }: StoredJob): Violation[] {
  const highest = new Map<string, number>();
  return history.filter(isClaim).flatMap((claim): Violation[] => {
    const of = claimedThing(claim);
    const before = highest.get(of) ?? 0;
    highest.set(of, Math.max(before, claim.fence));
    if (claim.fence > before) return [];
    return [violation(record.jobId, `${of} was claimed with fence ${claim.fence} after ${before}`)];
  });
}

/** Each claim takes the next fence: one that is missing was overwritten by somebody who knew nothing of it. */
function forgottenClaims({ record, history, dropped }: StoredJob): Violation[] {
  if (dropped > 0 || history.length === 0) return [];
  const fences = new Set(claimsOfTheJob(history).map(({ fence }) => fence));
  const expected = Array.from({ length: record.fence }, (_, index) => index + 1);
  const missing = expected.filter((fence) => !fences.has(fence));
  return missing.map((fence) =>
    violation(record.jobId, `its history knows nothing of the claim with fence ${fence}`),
  );
}

function claimsOfTheJob(history: Move[]): Move[] {
  return history.filter((move) => isClaim(move) && move.chunk === undefined);
}

/** A chunk has fences of its own in each run; the job's go on over all its runs. */
function claimedThing({ chunk, run }: Move): string {
  return chunk === undefined ? 'the job' : `chunk ${chunk} in run ${run}`;
}

function lateWinner({ record, history }: StoredJob): Violation[] {
  const { jobId, result, fence } = record;
  const highest = Math.max(fence, ...claimsOfTheJob(history).map((claim) => claim.fence));
  const found = highest > fence ? [violation(jobId, `its fence went back from ${highest} to ${fence}`)] : [];
  const won = /^r\d+-(\d+)$/.exec(result?.version ?? '')?.[1];
  if (won !== undefined && Number(won) < highest) {
    found.push(violation(jobId, `the claim with fence ${won} won over the one with ${highest}`));
  }
  return found;
}

function violation(jobId: string, what: string): Violation {
  return { invariant: 'I8', harm: 'broken', jobId, what };
}
