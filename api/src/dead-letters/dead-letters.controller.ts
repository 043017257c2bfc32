import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import {
  type DeadLetter,
  type DeadLetterWithHistory,
  type Job,
  queueNames,
  type Replayed,
  toDeadLetter,
  toDeadLetterWithHistory,
} from '@verbatim/domain';
import type { z } from 'zod';
import { CurrentCaller, OperatorsOnly } from '../auth/access.guard.ts';
import { AuditLog } from '../auth/audit-log.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { JobPorts } from '../jobs/job-ports.ts';
import { JobViews } from '../jobs/job-views.ts';
import { Refused } from '../refused.ts';
import { DeadMessagesQuery, ListDeadLettersQuery, ReplayRequest } from './dead-letter.dto.ts';
import { type DeadMessageView, dropDeadMessage, listDeadMessages } from './dead-messages.ts';
import { deadLetterOf, replayDeadLetter, replayDeadLetters, type Selection } from './replay-dead-letters.ts';

@ApiTags('operators')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 429, 503)
@OperatorsOnly()
@Controller('v1/admin')
export class DeadLettersController {
  constructor(
    private readonly ports: JobPorts,
    private readonly views: JobViews,
    private readonly audit: AuditLog,
  ) {}

  @Get('dead-letters')
  @ApiOperation({ summary: 'Jobs that were given up for a reason that is not their user’s' })
  @ApiResponse({ status: 200, schema: schemaRef('DeadLetterList') })
  @ApiProblems(400)
  async listDeadLetters(
    @Query() { limit = 20, ...query }: ListDeadLettersQuery,
  ): Promise<{ items: DeadLetter[]; nextCursor: string | null }> {
    const { items, nextCursor } = await this.ports.jobs.listDeadLetters({ limit, ...query });
    // The list may lag behind: what is none any more is left out.
    return { items: items.flatMap((job) => toDeadLetter(job) ?? []), nextCursor };
  }

  @Get('dead-letters/:jobId')
  @ApiOperation({ summary: 'One of them, and what happened to it' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 200, schema: schemaRef('DeadLetterWithHistory') })
  @ApiProblems(404)
  async getDeadLetter(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<z.infer<typeof DeadLetterWithHistory>> {
    const letter = toDeadLetterWithHistory(await deadLetterOf(jobId, caller, this.ports));
    if (!letter) throw new Refused('dead_letter.unknown');
    return letter;
  }

  @Post('dead-letters/replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start some or all of them afresh, a hundred at a time' })
  @ApiResponse({ status: 200, schema: schemaRef('Replayed') })
  @ApiProblems(400)
  replayDeadLetters(@Body() body: ReplayRequest, @CurrentCaller() caller: Caller): Promise<Replayed> {
    return replayDeadLetters(selectionOf(body), caller, this.ports, this.audit);
  }

  @Post('dead-letters/:jobId/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Start one of them afresh: a new run, as its user’s own retry is one' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 202, schema: schemaRef('Job') })
  @ApiProblems(404, 409)
  async replayDeadLetter(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<Job> {
    return this.views.of(await replayDeadLetter(jobId, caller, this.ports, this.audit));
  }

  @Get('dead-messages')
  @ApiOperation({
    summary: 'Messages that nobody could read, as far as a look into the queues shows them',
    description:
      'They belong to no job that we know of, and may be anybody’s: foreign tools, events of another bucket. Bodies are ' +
      'cut short. On SQS a look shows some 50 of each queue, and hides these from other looks for some seconds.',
  })
  @ApiResponse({ status: 200, schema: schemaRef('DeadMessageList') })
  @ApiProblems(400)
  async listDeadMessages(@Query() { queue }: DeadMessagesQuery): Promise<{ items: DeadMessageView[] }> {
    return { items: await listDeadMessages(queue ? [queue] : queueNames, this.ports) };
  }

  @Delete('dead-messages/:queue/:messageId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Throw one of these messages away' })
  @ApiParam({ name: 'queue', enum: queueNames })
  @ApiParam({ name: 'messageId' })
  @ApiResponse({ status: 204, description: 'Gone' })
  @ApiProblems(404)
  async dropDeadMessage(
    @Param('queue') queue: string,
    @Param('messageId') messageId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await dropDeadMessage(queue, messageId, this.ports);
    this.audit.write('dead_message.dropped', caller, { queue, messageId });
  }
}

/** What the shape of the request alone can't tell. */
function selectionOf({ jobIds, all, reason, before, cursor }: ReplayRequest): Selection {
  if ((jobIds !== undefined) === (all !== undefined)) throw invalid('jobIds', 'give either jobIds or all');
  if (jobIds) {
    if (reason ?? before ?? cursor) throw invalid('jobIds', 'reason, before and cursor go with all');
    return { jobIds };
  }
  const query = {
    ...(reason !== undefined && { reason }),
    ...(before !== undefined && { before: Date.parse(before) }),
    ...(cursor !== undefined && { cursor }),
  };
  return { all: true, query };
}

function invalid(field: string, message: string): Refused {
  return new Refused('request.invalid', { errors: [{ field, message }] });
}
