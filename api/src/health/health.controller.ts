import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { DiskWatch } from '@verbatim/adapters';
import { Clock, DomainError, JobStore, ObjectStore, WorkerRegistry, WorkQueue } from '@verbatim/domain';
import { Open } from '../auth/access.guard.ts';
import { ApiProblems } from '../docs/responses.ts';
import { within } from '../within.ts';
import { workerSeenWithinMs } from './worker-seen.ts';

const answerWithinMs = 2_000;

/** The disk that everything is kept on, where that is one of this machine. */
export const DATA_DISK = Symbol('DATA_DISK');

@ApiTags('operation')
@Open()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly jobs: JobStore,
    private readonly objects: ObjectStore,
    private readonly queue: WorkQueue,
    private readonly workers: WorkerRegistry,
    private readonly clock: Clock,
    @Inject(DATA_DISK) private readonly dataDisk: DiskWatch | null,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiResponse({ status: 200, description: 'It does' })
  live() {
    return { status: 'ok' };
  }

  /** Red only when nothing could be accepted. Without a queue or workers jobs are still taken, and done later. */
  @Get('ready')
  @ApiOperation({ summary: 'Table and storage answer; queue, workers and disk are details' })
  @ApiResponse({ status: 200, description: 'Ready' })
  @ApiProblems(503)
  ready() {
    return this.health.check([
      () => required('table', () => this.jobs.ping()),
      () => required('storage', () => this.objects.ping()),
      () => detail('queue', () => this.queueDepth()),
      () => detail('workers', () => this.workersAtWork()),
      ...(this.dataDisk ? [() => detail('disk', async () => ({ ...(await this.dataDisk?.room()) }))] : []),
    ]);
  }

  private async queueDepth() {
    return { transcription: await this.queue.depth('transcription') };
  }

  private async workersAtWork() {
    const rows = await this.workers.list(this.clock.now() - workerSeenWithinMs);
    const each = (value: (row: (typeof rows)[number]) => string) => [...new Set(rows.map(value))];
    const engines = each((row) => row.engine);
    const models = each((row) => row.model);
    return {
      count: rows.length,
      slots: rows.reduce((sum, row) => sum + row.slots, 0),
      busy: rows.reduce((sum, row) => sum + row.busy, 0),
      engines,
      models,
      /** The demo model shows that everything works, and understands almost nothing. */
      demo: models.includes('demo'),
      /** The simulated engine invents its texts. */
      simulated: engines.includes('simulated'),
    };
  }
}

async function required(name: string, ask: () => Promise<void>): Promise<HealthIndicatorResult> {
  try {
    await within(answerWithinMs, ask());
    return { [name]: { status: 'up' } };
  } catch (error) {
    return { [name]: { status: 'down', code: codeOf(error) } };
  }
}

async function detail(name: string, ask: () => Promise<object>): Promise<HealthIndicatorResult> {
  try {
    return { [name]: { status: 'up', ...(await within(answerWithinMs, ask())) } };
  } catch (error) {
    return { [name]: { status: 'degraded', code: codeOf(error) } };
  }
}

/** The code only: an error's words may name hosts and paths. */
function codeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'no_answer';
}
