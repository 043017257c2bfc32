import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { Clock, queueNames, Throughput, WorkerRegistry, type WorkerRow, WorkQueue } from '@verbatim/domain';
import type { z } from 'zod';
import { OperatorsOnly } from '../auth/access.guard.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { workerSeenWithinMs } from '../health/worker-seen.ts';
import { loadedModels } from './loaded-models.ts';
import type { ModelList, QueueList, ThroughputList, WorkerList } from './operator-views.ts';
import { ThroughputQuery } from './throughput-query.dto.ts';

const dayMs = 24 * 60 * 60_000;

/** What is going on, for those who look after the server. */
@ApiTags('operators')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 429, 503)
@OperatorsOnly()
@Controller('v1/admin')
export class OperatorsController {
  constructor(
    private readonly queue: WorkQueue,
    private readonly workers: WorkerRegistry,
    private readonly throughput: Throughput,
    private readonly clock: Clock,
  ) {}

  @Get('queues')
  @ApiOperation({ summary: 'How much work waits, and how much is being done' })
  @ApiResponse({ status: 200, schema: schemaRef('QueueList') })
  async listQueues(): Promise<z.infer<typeof QueueList>> {
    const depths = queueNames.map(async (queue) => ({ queue, ...(await this.queue.depth(queue)) }));
    return { items: await Promise.all(depths) };
  }

  @Get('workers')
  @ApiOperation({ summary: 'Who is at work' })
  @ApiResponse({ status: 200, schema: schemaRef('WorkerList') })
  async listWorkers(): Promise<z.infer<typeof WorkerList>> {
    const items = (await this.seenOfLate()).map(({ startedAt, seenAt, ...row }) => ({
      ...row,
      startedAt: new Date(startedAt).toISOString(),
      seenAt: new Date(seenAt).toISOString(),
    }));
    return { items: items.toSorted((a, b) => a.workerId.localeCompare(b.workerId)) };
  }

  @Get('models')
  @ApiOperation({ summary: 'What they hear with' })
  @ApiResponse({ status: 200, schema: schemaRef('ModelList') })
  async listModels(): Promise<z.infer<typeof ModelList>> {
    return { items: loadedModels(await this.seenOfLate()) };
  }

  @Get('throughput')
  @ApiOperation({ summary: 'How much was done, by the hour' })
  @ApiResponse({ status: 200, schema: schemaRef('ThroughputList') })
  @ApiProblems(400)
  async listThroughput(@Query() { days = 7 }: ThroughputQuery): Promise<z.infer<typeof ThroughputList>> {
    const hours = await this.throughput.list(this.clock.now() - days * dayMs);
    return { items: hours.map(({ hour, ...sums }) => ({ hour: new Date(hour).toISOString(), ...sums })) };
  }

  private seenOfLate(): Promise<WorkerRow[]> {
    return this.workers.list(this.clock.now() - workerSeenWithinMs);
  }
}
