import type { BeforeApplicationShutdown } from '@nestjs/common';
import { isFinal, type Job } from '@verbatim/domain';
import type { Request, Response } from 'express';
import type { Caller } from '../../auth/caller.ts';
import { Refused } from '../../refused.ts';
import { versionOf } from '../job-views.ts';
import type { JobFeeds } from './job-feeds.ts';
import { JobStream, versionOfEventId } from './job-stream.ts';

export interface EventLimits {
  streamsPerUser: number;
  streams: number;
  heartbeatMs: number;
}

export const defaultEventLimits: EventLimits = { streamsPerUser: 100, streams: 2_000, heartbeatMs: 15_000 };

/** All who follow a job here. */
export class JobEvents implements BeforeApplicationShutdown {
  private readonly feeds: JobFeeds;
  private readonly limits: EventLimits;
  private readonly streams = new Map<JobStream, string>();
  private stopping = false;

  constructor(feeds: JobFeeds, limits: EventLimits) {
    this.feeds = feeds;
    this.limits = limits;
  }

  /**
   * Answers with the job as it is, unless the client has seen that, and then with whatever it becomes, to its end. A
   * client that has seen the end gets 204, which tells it not to come again. @throws Refused
   */
  open(job: Job, caller: Caller, request: Request, response: Response): void {
    // Gone while the job was looked up: nobody would tell us again.
    if (response.destroyed) return;
    const seen = versionOfEventId(request.get('last-event-id'));
    if (isFinal(job.status) && seen === versionOf(job)) {
      response.status(204).end();
      return;
    }
    this.admit(caller);
    const stream = new JobStream(response, seen, {
      heartbeatMs: this.limits.heartbeatMs,
      onEnd: () => {
        unfollow();
        this.streams.delete(stream);
      },
    });
    this.streams.set(stream, caller.userId);
    const unfollow = this.feeds.follow(job.jobId, (next) => (next ? stream.send(next) : stream.end()));
    if (request.method === 'HEAD') stream.end();
    else stream.send(job);
  }

  /** A server that stops waits for every answer, and these would never end. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
    for (const stream of this.streams.keys()) stream.end();
  }

  private admit({ userId }: Caller): void {
    const own = [...this.streams.values()].filter((user) => user === userId).length;
    if (own >= this.limits.streamsPerUser) {
      throw new Refused('events.too_many', { retryAfterSeconds: 30 });
    }
    if (this.stopping || this.streams.size >= this.limits.streams) throw new Refused('events.full');
  }
}
