import { DomainError } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import type { ClaimedWork, Progress } from './claimed-work.ts';

/** The work is not ours any more: cancelled, deleted, or taken over after our lease ran out. */
export class LeaseLost extends DomainError {
  readonly code = 'lease.lost';
}

export interface Lease extends AsyncDisposable {
  /** Aborts with LeaseLost, or with the delivery's own reason when the worker stops. */
  readonly signal: AbortSignal;
  /** How far the work is; saved within 2 s where people would see it move, else with the next beat; a new phase at once. */
  progress(news: Partial<Progress>): void;
}

/** A third of the lease: two beats may be lost before it ends. */
const beatsPerLease = 3;
/** Cancel and delete reach a running job within this time, and so does what people see of its progress. */
const watchMs = 2_000;
/**
 * What is worth a write between two beats: so much of the recording. A bar on a short job moves at every look; a job of
 * any length costs a hundred writes more at most (on DynamoDB, in place of as many consistent reads).
 */
const newsShare = 0.01;

/**
 * Prolongs the claim for as long as the work goes on, by a timer of this process, so that a busy engine can't starve it;
 * and watches for the job being cancelled or deleted. Ends when it is disposed of.
 */
export function holdLease(work: ClaimedWork, delivery: AbortSignal, ports: WorkerPorts): Lease {
  const { job, name } = work;
  const lost = new AbortController();
  const now: Progress = {
    phase: job.phase,
    audioSecondsDone: 0,
    durationSeconds: job.durationSeconds,
  };
  let writing: Promise<void> = Promise.resolve();
  let silentBeats = 0;
  let secondsSaved = 0;

  const lose = (why: string) => lost.abort(new LeaseLost(why));

  async function save(): Promise<void> {
    const { audioSecondsDone } = now;
    const saved = await ports.jobs.change(job.jobId, work.beaten(now, ports.clock.now()));
    silentBeats = 0;
    secondsSaved = audioSecondsDone;
    if (!saved) lose('the job moved on without this worker');
  }

  async function beat(): Promise<void> {
    try {
      await save();
    } catch (error) {
      silentBeats += 1;
      ports.log.warn({ event: 'lease.beat_failed', ...name, silentBeats, error: String(error) });
      // By now another worker may have the job: better to stop than to work for nothing.
      if (silentBeats >= beatsPerLease - 1) lose('the table did not answer');
    }
  }

  /** To save what is new finds out as much as a look. Neither is a beat: only silent beats end the work. */
  async function watch(): Promise<void> {
    const news = now.audioSecondsDone - secondsSaved;
    if (news > 0 && news >= newsShare * (now.durationSeconds ?? 0)) return save().catch(() => {});
    const seen = await ports.jobs.get(job.jobId).catch(() => job);
    if (!seen || !work.isStillOurs(seen)) lose('the job was cancelled, deleted or taken over');
  }

  /** One write at a time, and none any more once the lease is lost. */
  function enqueue(write: () => Promise<void>): Promise<void> {
    writing = writing.then(() => (lost.signal.aborted ? undefined : write()));
    return writing;
  }

  /** Not while the last one still waits: looks at a table that answers slowly must not hold up the beats. */
  function every(ms: number, task: () => Promise<void>): NodeJS.Timeout {
    let waits = false;
    return setInterval(() => {
      if (waits) return;
      waits = true;
      void enqueue(task).finally(() => {
        waits = false;
      });
    }, ms);
  }

  const beats = every(ports.times.leaseMs / beatsPerLease, beat);
  const watches = every(Math.min(watchMs, ports.times.leaseMs / beatsPerLease), watch);

  return {
    signal: AbortSignal.any([delivery, lost.signal]),
    progress(news) {
      const entersPhase = news.phase !== undefined && news.phase !== now.phase;
      Object.assign(now, news);
      if (entersPhase) void enqueue(beat);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(beats);
      clearInterval(watches);
      await writing;
    },
  };
}
