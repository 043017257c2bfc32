import { createHash } from 'node:crypto';
import {
  type Clock,
  type Job,
  type JobRecord,
  type JobSurroundings,
  toJob,
  type WorkerRegistry,
  type WorkQueue,
} from '@verbatim/domain';
import { workerSeenWithinMs } from '../health/worker-seen.ts';
import { within } from '../within.ts';

interface ViewPorts {
  publicUrl: string;
  clock: Clock;
  queue: WorkQueue;
  workers: WorkerRegistry;
}

/** Jobs as they leave: with the addresses to read on at, and with what their progress is judged by. */
export class JobViews {
  private readonly ports: ViewPorts;
  private readonly waiting: RecentFact;
  private readonly realTimeFactor: RecentFact;

  constructor(ports: ViewPorts) {
    this.ports = ports;
    const { queue, workers, clock } = ports;
    this.waiting = new RecentFact(async () => (await queue.depth('transcription')).visible);
    this.realTimeFactor = new RecentFact(async () => {
      const rows = await workers.list(clock.now() - workerSeenWithinMs);
      return mean(rows.map((row) => row.realTimeFactor));
    });
  }

  async of(job: JobRecord): Promise<Job> {
    const self = `${this.ports.publicUrl}/v1/jobs/${job.jobId}`;
    const hasTranscript = job.status === 'COMPLETED' && job.transcriptRemovedAt === null;
    const links = { self, transcript: hasTranscript ? `${self}/transcript` : null };
    return toJob(job, links, await this.around(job));
  }

  private async around({ status }: JobRecord): Promise<JobSurroundings> {
    return {
      now: this.ports.clock.now(),
      waiting: status === 'QUEUED' ? await this.waiting.get() : null,
      recentRealTimeFactor: status === 'PROCESSING' ? await this.realTimeFactor.get() : null,
    };
  }
}

/** The same as long as nothing has happened to the job: the time left runs by itself, so it does not count. */
export function versionOf(job: Job): string {
  const state = { ...job, progress: { ...job.progress, estimate: null } };
  return createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22);
}

const keptMs = 5_000;
/** People wait for their job and not for a detail of it. */
const answerWithinMs = 500;

/** A number that everybody who asks within five seconds shares; null where nobody answers. */
class RecentFact {
  private readonly ask: () => Promise<number | null>;
  private askedAt = Number.NEGATIVE_INFINITY;
  private answer: Promise<number | null> = Promise.resolve(null);

  constructor(ask: () => Promise<number | null>) {
    this.ask = ask;
  }

  get(): Promise<number | null> {
    const now = performance.now();
    if (now - this.askedAt > keptMs) {
      this.askedAt = now;
      this.answer = within(answerWithinMs, this.ask()).catch(() => null);
    }
    return this.answer;
  }
}

function mean(values: (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
