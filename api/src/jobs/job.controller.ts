import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { type Job, type JobHistory, toJobHistory } from '@verbatim/domain';
import type { Request, Response } from 'express';
import { CurrentCaller } from '../auth/access.guard.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { Idempotent, idempotencyKeyOf } from '../http/idempotency-key.ts';
import { ApiMetrics } from '../metrics/api-metrics.ts';
import { multipartView } from '../multipart/multipart-view.ts';
import { announceUpload } from './announce-upload.ts';
import { cancelJob } from './cancel-job.ts';
import { createJob } from './create-job.ts';
import { deleteJob } from './delete-job.ts';
import { JobEvents } from './events/job-events.ts';
import { getJob, jobToLookInto } from './get-job.ts';
import { CreateJobRequest, ListJobsQuery } from './job.dto.ts';
import { JobPorts } from './job-ports.ts';
import { JobViews, versionOf } from './job-views.ts';
import { listJobs } from './list-jobs.ts';
import { retryJob } from './retry-job.ts';

@ApiTags('jobs')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 429, 503)
@Controller('v1/jobs')
export class JobController {
  constructor(
    private readonly ports: JobPorts,
    private readonly views: JobViews,
    private readonly events: JobEvents,
    private readonly metrics: ApiMetrics,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a job, and get the form to send its file straight to storage with' })
  @ApiResponse({ status: 201, schema: schemaRef('CreatedJob') })
  @Idempotent('The same request is the same body.')
  @ApiProblems(400)
  async createJob(
    @Body() body: CreateJobRequest,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { job, upload, isNew } = await createJob(body, idempotencyKeyOf(request), caller, this.ports);
    if (isNew) this.metrics.jobsCreated.inc({ upload: body.upload ?? 'post' });
    const view = await this.views.of(job);
    response.location(view.links.self);
    if (upload?.method === 'multipart') {
      return { job: view, upload: multipartView(job, upload.arrived, view.links) };
    }
    return {
      job: view,
      upload: upload && { ...upload, expiresAt: new Date(upload.expiresAt).toISOString() },
    };
  }

  @Get()
  @ApiOperation({ summary: 'Your jobs, newest first' })
  @ApiResponse({ status: 200, schema: schemaRef('JobList') })
  @ApiProblems(400)
  async listJobs(@Query() query: ListJobsQuery, @CurrentCaller() caller: Caller) {
    const { from, to, ...others } = query;
    const range = {
      ...(from === undefined ? {} : { from: Date.parse(from) }),
      ...(to === undefined ? {} : { to: Date.parse(to) }),
    };
    const page = await listJobs({ ...others, ...range }, caller, this.ports);
    const items = await Promise.all(page.items.map((job) => this.views.of(job)));
    return { items, leftOut: page.leftOut, nextCursor: page.nextCursor };
  }

  @Get(':jobId')
  @ApiOperation({ summary: 'One job. Send its ETag back as If-None-Match to hear of changes only' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 200, schema: schemaRef('Job') })
  @ApiResponse({ status: 304, description: 'Nothing has changed' })
  @ApiProblems(404)
  async getJob(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Job> {
    const job = await this.views.of(await getJob(jobId, caller, this.ports));
    response.set('ETag', `W/"${versionOf(job)}"`);
    return job;
  }

  @Get(':jobId/history')
  @ApiOperation({
    summary: 'What happened to a job so far: each move, and why. Operators may ask for anybody’s',
    description:
      'Fences of job.claimed and job.taken_over strictly increase, and those of a chunk do; within a run nothing leads ' +
      'out of COMPLETED, FAILED, CANCELED or EXPIRED, and one job.completed at most.',
  })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 200, schema: schemaRef('JobHistory') })
  @ApiProblems(404)
  async getHistory(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<JobHistory> {
    return toJobHistory(await jobToLookInto(jobId, caller, this.ports));
  }

  @Get(':jobId/events')
  @ApiOperation({ summary: 'One job as server-sent events: each state it comes to, until it has ended' })
  @ApiParam({ name: 'jobId' })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last id that you saw: then only what came after it is sent.',
  })
  @ApiResponse({
    status: 200,
    description: 'Events named `job`, whose data is a Job',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 204, description: 'You have seen the end: nothing more will come' })
  @ApiProblems(404)
  async followJob(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const job = await this.views.of(await getJob(jobId, caller, this.ports));
    this.events.open(job, caller, request, response);
  }

  @Post(':jobId/uploaded')
  @HttpCode(202)
  @ApiOperation({ summary: 'Say that the file is uploaded. Storage says so too; this is only sooner' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 202, schema: schemaRef('Job') })
  @ApiProblems(404, 409)
  async announceUpload(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<Job> {
    return this.views.of(await announceUpload(jobId, caller, this.ports));
  }

  @Post(':jobId/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop a job that has not ended' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 202, schema: schemaRef('Job') })
  @ApiProblems(404, 409)
  async cancelJob(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<Job> {
    return this.views.of(await cancelJob(jobId, caller, this.ports));
  }

  @Post(':jobId/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Start a failed job afresh' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 202, schema: schemaRef('Job') })
  @ApiProblems(404, 409, 410)
  async retryJob(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<Job> {
    return this.views.of(await retryJob(jobId, caller, this.ports));
  }

  @Delete(':jobId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Erase a job: its recording, its transcript and all that is known of it' })
  @ApiParam({ name: 'jobId' })
  @ApiResponse({ status: 204, description: 'Gone' })
  @ApiProblems(404)
  async deleteJob(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<void> {
    await deleteJob(jobId, caller, this.ports);
  }
}
