import { isFinal } from '@verbatim/domain';
import { isClaim, type Move, type StoredJob } from '../evidence/stored.ts';
import type { Fault } from '../rows/row.ts';

export interface Recovery {
  jobId: string;
  /** From the fault to the next claim of the job, or of the chunk, that was at work in the program. */
  claimSeconds: number;
  /** From the fault to the end of the job. */
  endSeconds: number;
}

/** How long it took what a worker had at hand when something was done to it. What its user withdrew then is left out. */
export function recoveries(jobs: readonly StoredJob[], faults: readonly Fault[]): Recovery[] {
  const atPid = new Map<number, Fault[]>();
  for (const fault of faults) {
    if (fault.pid !== undefined) atPid.set(fault.pid, [...(atPid.get(fault.pid) ?? []), fault]);
  }
  return jobs.flatMap(({ record, history }) => {
    const end = history.findLast(({ to }) => to !== undefined && isFinal(to));
    return history.flatMap((claim, index): Recovery[] => {
      if (!isClaim(claim) || !end) return [];
      const next = history.slice(index + 1).find((move) => concernsSame(move, claim));
      const fault = (atPid.get(pidOf(claim)) ?? []).find(
        ({ at }) => at >= claim.at && at <= (next?.at ?? end.at),
      );
      const again = history.slice(index + 1).find((move) => isSameClaim(move, claim));
      if (!fault || !again) return [];
      const seconds = (at: number) => Math.max(0, at - fault.at) / 1_000;
      return [{ jobId: record.jobId, claimSeconds: seconds(again.at), endSeconds: seconds(end.at) }];
    });
  });
}

function concernsSame(move: Move, claim: Move): boolean {
  return move.chunk === claim.chunk && move.run === claim.run;
}

function isSameClaim(move: Move, claim: Move): boolean {
  return isClaim(move) && concernsSame(move, claim);
}

/** A worker's id is `{host}-{pid}-{start}`. */
function pidOf({ worker = '' }: Move): number {
  return Number(/-(\d+)-[0-9a-z]+$/.exec(worker)?.[1] ?? -1);
}
