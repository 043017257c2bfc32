import type { Caller } from './caller.ts';

/** Who did what to what is not theirs: a line in the log, kept as long as the log is. */
export abstract class AuditLog {
  /** `event` in the past tense; `facts` are ids and counts, never names of people, addresses or contents. */
  abstract write(event: string, by: Caller, facts: Record<string, string | number>): void;
}

export function auditLog(log: { info(line: object): void }): AuditLog {
  return {
    write: (event, { keyName, userId }, facts) =>
      log.info({
        event,
        audit: true,
        by: keyName ?? 'anybody: the server has no keys',
        byUser: userId,
        ...facts,
      }),
  };
}
