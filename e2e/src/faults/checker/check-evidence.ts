import type { Evidence } from '../evidence/evidence.ts';
import { audioBilledOnce } from './audio-billed-once.ts';
import { everyJobEnds } from './every-job-ends.ts';
import { fencesIncrease } from './fences-increase.ts';
import { finalIsFinal } from './final-is-final.ts';
import { nothingLeftBehind } from './nothing-left-behind.ts';
import { oneMailEach } from './one-mail-each.ts';
import { oneTranscriptEach } from './one-transcript-each.ts';
import { usersApart } from './users-apart.ts';
import type { Violation } from './violation.ts';

/** The invariants I1 to I8, each judged by itself. */
export function checkEvidence(evidence: Evidence): Violation[] {
  return [
    ...everyJobEnds(evidence),
    ...finalIsFinal(evidence),
    ...oneTranscriptEach(evidence),
    ...oneMailEach(evidence),
    ...audioBilledOnce(evidence),
    ...nothingLeftBehind(evidence),
    ...usersApart(evidence),
    ...fencesIncrease(evidence),
  ];
}
