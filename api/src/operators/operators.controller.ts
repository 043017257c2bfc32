import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { Clock, queueNames, WorkerRegistry, WorkQueue } from '@verbatim/domain';
import type { z } from 'zod';
import { OperatorsOnly } from '../auth/access.guard.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { workerSeenWithinMs } from '../health/worker-seen.ts';
import type { QueueList, WorkerList } from './operator-views.ts';

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
    const rows = await this.workers.list(this.clock.now() - workerSeenWithinMs);
    const items = rows.map(({ startedAt, seenAt, ...row }) => ({
      ...row,
      startedAt: new Date(startedAt).toISOString(),
      seenAt: new Date(seenAt).toISOString(),
    }));
    return { items: items.toSorted((a, b) => a.workerId.localeCompare(b.workerId)) };
  }
}
