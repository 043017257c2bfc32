import type { Evidence } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

const told = ['COMPLETED', 'FAILED'];

/**
 * I4: the end of each run is told once: mails about it have one id. A mail may be sent a second time under its id when
 * its notifier died between the server's yes and its own note; not more often than notifiers died.
 */
export function oneMailEach({ jobs, mails, notifierDeaths }: Evidence): Violation[] {
  const sent = new Set(mails);
  const missingOrWrong = jobs.flatMap(({ record }): Violation[] => {
    const { jobId, run, status, notifyTo } = record;
    // Whoever deletes a job may have been told before, and need not be told now.
    if (record.erase) return [];
    const ofThisRun = [...sent].filter((id) => id.startsWith(`${jobId}.r${run}.`));
    const expected = notifyTo !== null && told.includes(status) ? [idOf(jobId, run, status)] : [];
    const missing = expected.filter((id) => !sent.has(id));
    const surplus = ofThisRun.filter((id) => !expected.includes(id));
    return [
      ...missing.map((id) => violation(jobId, 'lost', `${id} was never sent`)),
      ...surplus.map((id) => violation(jobId, 'doubled', `${id} was sent, though it is ${status}`)),
    ];
  });
  const again = rawDuplicates(mails);
  const tooOften =
    again > notifierDeaths
      ? [
          violation(
            null,
            'doubled',
            `${again} mails were sent again, for ${notifierDeaths} deaths of notifiers`,
          ),
        ]
      : [];
  return [...missingOrWrong, ...tooOften];
}

/** How many mails were sent that had been sent before, under the same id. */
export function rawDuplicates(mails: string[]): number {
  return mails.length - new Set(mails).size;
}

function idOf(jobId: string, run: number, status: string): string {
  return `${jobId}.r${run}.${status.toLowerCase()}.mail`;
}

function violation(jobId: string | null, harm: Violation['harm'], what: string): Violation {
  return { invariant: 'I4', harm, jobId, what };
}
