import type { Job, JobStore } from '@verbatim/domain';
import { type JobViews, versionOf } from '../job-views.ts';

export interface FeedTimes {
  /** Between two looks at a job that changes. */
  lookMs: number;
  /** At most, at one that does not. */
  maxLookMs: number;
}

export const defaultFeedTimes: FeedTimes = { lookMs: 1_000, maxLookMs: 5_000 };

/** Null: the job is gone. */
type Listener = (job: Job | null) => void;

/** Looks at each job that somebody here follows, once for all who do. Tells of what it sees; listeners sort out what is new. */
export class JobFeeds {
  private readonly feeds = new Map<string, JobFeed>();
  private readonly ports: { jobs: JobStore; views: JobViews };
  private readonly times: FeedTimes;

  constructor(ports: { jobs: JobStore; views: JobViews }, times: FeedTimes) {
    this.ports = ports;
    this.times = times;
  }

  /** How many jobs are looked at. */
  get size(): number {
    return this.feeds.size;
  }

  /** Until the function that it answers is called. */
  follow(jobId: string, listener: Listener): () => void {
    const feed = this.feeds.get(jobId) ?? new JobFeed(jobId, this.ports, this.times);
    this.feeds.set(jobId, feed);
    feed.add(listener);
    return () => {
      if (feed.remove(listener) === 0 && this.feeds.get(jobId) === feed) this.feeds.delete(jobId);
    };
  }
}

class JobFeed {
  private readonly listeners = new Set<Listener>();
  private readonly jobId: string;
  private readonly ports: { jobs: JobStore; views: JobViews };
  private readonly times: FeedTimes;
  private pauseMs: number;
  private version: string | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(jobId: string, ports: { jobs: JobStore; views: JobViews }, times: FeedTimes) {
    this.jobId = jobId;
    this.ports = ports;
    this.times = times;
    this.pauseMs = times.lookMs;
  }

  add(listener: Listener): void {
    this.listeners.add(listener);
    // Told of what the next look sees, changed or not: the listener may have seen less, or more, than this feed.
    this.version = null;
    if (this.listeners.size === 1) this.lookLater();
  }

  /** Answers how many are left. */
  remove(listener: Listener): number {
    this.listeners.delete(listener);
    if (this.listeners.size === 0) clearTimeout(this.timer);
    return this.listeners.size;
  }

  private lookLater(): void {
    this.timer = setTimeout(() => void this.look(), this.pauseMs);
  }

  private async look(): Promise<void> {
    // A table that is down for a moment ends no stream: the next look tells.
    const changed = await this.tell().catch(() => false);
    this.pauseMs = changed ? this.times.lookMs : Math.min(1.5 * this.pauseMs, this.times.maxLookMs);
    if (this.listeners.size > 0) this.lookLater();
  }

  private async tell(): Promise<boolean> {
    const record = await this.ports.jobs.get(this.jobId);
    const job = record && !record.erase ? await this.ports.views.of(record) : null;
    const version = job && versionOf(job);
    if (job && version === this.version) return false;
    this.version = version;
    for (const listener of this.listeners) listener(job);
    return true;
  }
}
