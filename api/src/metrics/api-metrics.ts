import { collectProcessMetrics } from '@verbatim/adapters';
import type { NextFunction, Request, Response } from 'express';
import { Counter, Histogram, Registry } from 'prom-client';

/** What /metrics tells. Labels are few and bounded: never an id, a user or a path as it was sent. */
export class ApiMetrics {
  readonly registry = new Registry();

  readonly jobsCreated = new Counter({
    name: 'verbatim_jobs_created_total',
    help: 'Jobs created, by the way that their file comes.',
    labelNames: ['upload'] as const,
    registers: [this.registry],
  });

  private readonly requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by the template of its route.',
    labelNames: ['method', 'route', 'status_code'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    registers: [this.registry],
  });

  constructor() {
    collectProcessMetrics(this.registry);
  }

  /** Express middleware that times every request. */
  readonly timeRequests = (request: Request, response: Response, next: NextFunction): void => {
    const end = this.requestSeconds.startTimer();
    response.once('close', () => {
      // Who went away while sending was told nothing, though Node says 200 from the start.
      const status = response.headersSent ? response.statusCode : 'aborted';
      end({ method: methodOf(request), route: routeOf(request), status_code: status });
    });
    next();
  };
}

/** Clients can send any word as method. */
function methodOf(request: Request): string {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(request.method) ? request.method : 'OTHER';
}

function routeOf(request: Request): string {
  const path: unknown = request.route?.path;
  return typeof path === 'string' ? path : 'unmatched';
}
