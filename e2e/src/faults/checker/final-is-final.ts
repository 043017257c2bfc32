import { isFinal } from '@verbatim/domain';
import type { Evidence, PromisedJob } from '../evidence/evidence.ts';
import type { StoredJob } from '../evidence/stored.ts';
import type { Violation } from './violation.ts';

/** I2: no move out of a final state within one run; by the histories, and by what clients were told. */
export function finalIsFinal({ jobs, promised }: Evidence): Violation[] {
  return [...jobs.flatMap(movesOutOfAnEnd), ...promised.flatMap(toldAnEndTooSoon)];
}

function movesOutOfAnEnd({ record, history, dropped }: StoredJob): Violation[] {
  const violation = (what: string): Violation => {
    return { invariant: 'I2', harm: 'broken', jobId: record.jobId, what };
  };
  const moves = history.filter((move) => move.to !== undefined);
  const found: Violation[] = [];
  for (const [index, move] of moves.entries()) {
    const before = moves[index - 1];
    if (!before) continue;
    if (before.to && isFinal(before.to) && move.run === before.run) {
      found.push(violation(`${move.event} after it was ${before.to} in run ${before.run}`));
    }
    if (dropped === 0 && move.from !== before.to) {
      found.push(violation(`${move.event} left ${move.from}, but it was ${before.to}`));
    }
  }
  const last = moves.at(-1);
  if (last && last.to !== record.status && !record.erase) {
    found.push(violation(`it is ${record.status}, but its history ends with ${last.to}`));
  }
  return found;
}

function toldAnEndTooSoon({ jobId, seen }: PromisedJob): Violation[] {
  const end = seen.findIndex(({ status }) => isFinal(status));
  const after = end === -1 ? undefined : seen[end + 1];
  if (!after) return [];
  const what = `its user was told ${seen[end]?.status}, and ${after.status} later`;
  return [{ invariant: 'I2', harm: 'broken', jobId, what }];
}
