import { type Clock, isFinal, type JobStore, type OpenJobs, timeOfJobId } from '@verbatim/domain';
import { Refused } from '../refused.ts';

interface OpenJobPorts {
  jobs: JobStore;
  openJobs: OpenJobs;
  clock: Clock;
}

/** A job that is noted but not there: made within this time, or never. */
const makingMs = 60_000;
/** A user at the limit who asks again and again costs one look at all its jobs in this time, in each program. */
const lookAgainMs = 5_000;
const lookAtOnce = 50;

/**
 * How many jobs each user may have that have not ended. Notes of jobs that have ended stay until their room is needed: then
 * all that are noted are looked up, and what is over, or never came to be, makes room. Exact under any number of requests
 * at once, but for one case: a failed job that is retried in the very moment of such a look may be one too many.
 */
export class OpenJobLimit {
  private readonly ports: OpenJobPorts;
  /** Null: no limit, and nothing is noted. */
  readonly limit: number | null;
  private readonly looks = new Map<string, { at: number; done: Promise<void> }>();

  constructor(ports: OpenJobPorts, limit: number | null) {
    this.ports = ports;
    this.limit = limit;
  }

  /** Before a job is made, or begins anew. Doing it again for the same job changes nothing. @throws Refused quota.open_jobs */
  async reserve(userId: string, jobId: string): Promise<void> {
    const { limit } = this;
    if (limit === null || (await this.ports.openJobs.add(userId, jobId, limit))) return;
    await this.takeOutEnded(userId);
    if (await this.ports.openJobs.add(userId, jobId, limit)) return;
    const retryAfterSeconds = lookAgainMs / 1000;
    throw new Refused('quota.open_jobs', {
      retryAfterSeconds,
      limit: { policy: 'open-jobs', quota: limit, remaining: 0, resetSeconds: retryAfterSeconds },
    });
  }

  /** Null without a limit. Jobs that ended in the last seconds may still be counted. */
  async count(userId: string): Promise<number | null> {
    if (this.limit === null) return null;
    await this.takeOutEnded(userId);
    return (await this.ports.openJobs.list(userId)).length;
  }

  /** One look at a time for each user, which all who need it share. */
  private takeOutEnded(userId: string): Promise<void> {
    const now = this.ports.clock.now();
    const last = this.looks.get(userId);
    if (last && now - last.at < lookAgainMs) return last.done;
    const done = this.look(userId);
    this.looks.set(userId, { at: now, done });
    // What failed is tried again at once.
    done.catch(() => this.looks.delete(userId));
    return done;
  }

  private async look(userId: string): Promise<void> {
    const { openJobs } = this.ports;
    const noted = await openJobs.list(userId);
    for (let start = 0; start < noted.length; start += lookAtOnce) {
      const some = noted.slice(start, start + lookAtOnce);
      const open = await Promise.all(some.map((jobId) => this.isOpen(jobId)));
      const over = some.filter((_, index) => !open[index]);
      if (over.length > 0) await openJobs.remove(userId, over);
    }
  }

  private async isOpen(jobId: string): Promise<boolean> {
    const job = await this.ports.jobs.get(jobId);
    if (job) return !isFinal(job.status);
    return this.ports.clock.now() - timeOfJobId(jobId) < makingMs;
  }
}
