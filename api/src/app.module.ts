import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import {
  DiskWatch,
  dailyAudioSecondsOf,
  FileObjectStore,
  jobTimesOf,
  type Logger,
  maxUploadBytesOf,
  type Platform,
  publicUrlOf,
} from '@verbatim/adapters';
import {
  Clock,
  Counters,
  JobStore,
  ObjectStore,
  Throughput,
  WorkerRegistry,
  WorkQueue,
} from '@verbatim/domain';
import { LoggerModule } from 'nestjs-pino';
import { AccessGuard } from './auth/access.guard.ts';
import { AuditLog, auditLog } from './auth/audit-log.ts';
import { type ApiConfig, type ApiSettings, uploadPartBytesOf } from './config.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { DATA_DISK } from './health/health.controller.ts';
import { HealthModule } from './health/health.module.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { RateLimit } from './http/rate-limit.ts';
import type { BodyPace } from './http/steady-bodies.ts';
import { validation } from './http/validation.ts';
import { defaultEventLimits, type EventLimits, JobEvents } from './jobs/events/job-events.ts';
import { defaultFeedTimes, type FeedTimes, JobFeeds } from './jobs/events/job-feeds.ts';
import { JobPorts } from './jobs/job-ports.ts';
import { JobViews } from './jobs/job-views.ts';
import { JobsModule } from './jobs/jobs.module.ts';
import { LinkController } from './links/link.controller.ts';
import { LINK_SECRET } from './links/link-secret.ts';
import { localStorageModule } from './local-storage/local-storage.module.ts';
import { ApiMetrics } from './metrics/api-metrics.ts';
import { MetricsController } from './metrics/metrics.controller.ts';
import { OperatorsController } from './operators/operators.controller.ts';
import { AudioBudget } from './quotas/audio-budget.ts';
import { OpenJobLimit } from './quotas/open-job-limit.ts';
import { UsageController } from './quotas/usage.controller.ts';
import { SessionController } from './session/session.controller.ts';
import { SourceDocumentsModule } from './source-documents/source-documents.module.ts';

export interface AppParts {
  config: ApiConfig;
  platform: Platform;
  log: Logger;
  linkSecret: string;
  /** Where the built page lies, null for none; left out: where the workspace `web` builds it. */
  page?: string | null;
  /** Tests shorten them. */
  events?: Partial<EventLimits & FeedTimes>;
  pace?: Partial<BodyPace>;
}

@Module({})
class AppModule {}

export function appModule({ config, platform, log, linkSecret, events }: AppParts): DynamicModule {
  const { objects, jobs } = platform;
  const views = new JobViews({ ...platform, publicUrl: publicUrlOf(config) });
  const metrics = new ApiMetrics();
  const { registry } = metrics;
  const folder = platform.dataFolder;
  const dataDisk = folder === null ? null : new DiskWatch({ folder, name: 'data', log, registry });
  const feeds = new JobFeeds({ jobs, views }, { ...defaultFeedTimes, ...events });
  return {
    module: AppModule,
    global: true,
    imports: [
      settings({ ...config, PUBLIC_URL: publicUrlOf(config) }),
      // Requests are logged by create-app, before their body is parsed.
      LoggerModule.forRoot({ useExisting: true, forRoutes: [], pinoHttp: { logger: nestLog(log) } }),
      JobsModule,
      SourceDocumentsModule,
      HealthModule,
      // S3 serves itself; files have nobody but us.
      ...(objects instanceof FileObjectStore ? [localStorageModule(objects)] : []),
    ],
    controllers: [
      DeadLettersController,
      OperatorsController,
      LinkController,
      MetricsController,
      SessionController,
      UsageController,
    ],
    providers: [
      ...portProviders(platform),
      { provide: LINK_SECRET, useValue: linkSecret },
      { provide: JobPorts, useValue: jobPorts(config, platform, log) },
      { provide: RateLimit, useValue: new RateLimit(platform.counters, config.RATE_LIMIT_PER_MINUTE, log) },
      { provide: AuditLog, useValue: auditLog(log) },
      { provide: JobViews, useValue: views },
      { provide: JobFeeds, useValue: feeds },
      { provide: JobEvents, useFactory: () => new JobEvents(feeds, { ...defaultEventLimits, ...events }) },
      { provide: ApiMetrics, useValue: metrics },
      { provide: DATA_DISK, useValue: dataDisk },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useClass: AccessGuard },
      { provide: APP_PIPE, useFactory: validation },
    ],
    exports: [
      Clock,
      JobStore,
      ObjectStore,
      WorkerRegistry,
      WorkQueue,
      JobPorts,
      JobViews,
      JobEvents,
      ApiMetrics,
      LINK_SECRET,
      DATA_DISK,
    ],
  };
}

/** What main.ts has read and checked, and nothing else: neither the environment nor a .env file is looked at again. */
function settings(config: ApiSettings): Promise<DynamicModule> {
  return ConfigModule.forRoot({
    isGlobal: true,
    load: [() => config],
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    skipProcessEnv: true,
  });
}

/** Nest's complaints, without its tale of every module and route at the start. */
function nestLog(log: Logger): Logger {
  return log.child({}, log.isLevelEnabled('info') ? { level: 'warn' } : {});
}

function portProviders(platform: Platform) {
  return [
    { provide: Clock, useValue: platform.clock },
    { provide: Counters, useValue: platform.counters },
    { provide: JobStore, useValue: platform.jobs },
    { provide: ObjectStore, useValue: platform.objects },
    { provide: Throughput, useValue: platform.throughput },
    { provide: WorkerRegistry, useValue: platform.workers },
    { provide: WorkQueue, useValue: platform.queue },
  ];
}

function jobPorts(config: ApiConfig, platform: Platform, log: Logger): JobPorts {
  return {
    jobs: platform.jobs,
    idempotencyKeys: platform.idempotencyKeys,
    objects: platform.objects,
    queue: platform.queue,
    clock: platform.clock,
    times: jobTimesOf(config),
    openJobLimit: new OpenJobLimit(platform, config.MAX_OPEN_JOBS_PER_USER ?? null),
    audioBudget: new AudioBudget(platform.counters, platform.clock, dailyAudioSecondsOf(config)),
    maxUploadBytes: maxUploadBytesOf(config),
    uploadPartBytes: uploadPartBytesOf(config),
    defaultNotifyTo: config.MAIL_TO ?? null,
    onDelay: (error) => log.warn({ event: 'job.delayed', error }, 'left to the reconciler'),
  };
}
