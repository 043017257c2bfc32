import { Body, Controller, Get, Inject, Param, Post, Req, Res, type StreamableFile } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { jobPrefix } from '@verbatim/domain';
import type { Request, Response } from 'express';
import { CurrentCaller } from '../auth/access.guard.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiSettings } from '../config.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { contentDisposition } from '../http/content-disposition.ts';
import { serveObject } from '../http/serve-object.ts';
import { LINK_SECRET } from '../links/link-secret.ts';
import { Refused } from '../refused.ts';
import { getJob } from './get-job.ts';
import { LinkRequest } from './job.dto.ts';
import { JobPorts } from './job-ports.ts';
import { linkTo } from './link-to.ts';

/** What a player needs beside the transcript. */
@ApiTags('jobs')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 404, 429, 503)
@ApiParam({ name: 'jobId' })
@Controller('v1/jobs/:jobId')
export class ListeningController {
  constructor(
    private readonly ports: JobPorts,
    private readonly config: ConfigService<ApiSettings, true>,
    @Inject(LINK_SECRET) private readonly secret: string,
  ) {}

  @Get('audio')
  @ApiOperation({ summary: 'The recording as it was uploaded, whole or a range of it' })
  @ApiHeader({ name: 'Range', required: false, description: 'One range of bytes (RFC 9110, section 14)' })
  @ApiResponse({ status: 200, content: { 'audio/*': { schema: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 206, description: 'The range that was asked for' })
  @ApiProblems(409, 410, 416)
  async getAudio(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile | undefined> {
    const job = await getJob(jobId, caller, this.ports);
    if (job.audioEtag === null) throw new Refused('upload.missing');
    if (job.audioRemovedAt !== null) throw new Refused('audio.removed');
    const audio = { objects: this.ports.objects, bucket: 'audio', key: job.audioKey } as const;
    return serveObject(audio, request, response, contentDisposition('inline', job.fileName));
  }

  @Get('peaks')
  @ApiOperation({ summary: 'The outline of the recording, 20 pairs a second, as audiowaveform writes it' })
  @ApiResponse({ status: 200, content: { 'application/json': { schema: schemaRef('Peaks') } } })
  @ApiProblems(409, 410)
  async getPeaks(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile | undefined> {
    const { objects } = this.ports;
    const job = await getJob(jobId, caller, this.ports);
    if (job.audioRemovedAt !== null) throw new Refused('audio.removed');
    const key = `${jobPrefix(job.userId, job.jobId)}peaks.json`;
    // Drawn while the recording is read: until then there is a job and nothing to see of it.
    if (!(await objects.head('transcripts', key))) {
      throw new Refused('job.not_finished', { retryAfterSeconds: 2 });
    }
    return serveObject({ objects, bucket: 'transcripts', key, isText: true }, request, response, 'inline');
  }

  @Post('links')
  @ApiOperation({ summary: 'An address that works without a key, for a while' })
  @ApiResponse({ status: 201, schema: schemaRef('Link') })
  @ApiProblems(400, 409, 410)
  async makeLink(
    @Param('jobId') jobId: string,
    @Body() { to }: LinkRequest,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ) {
    const job = await getJob(jobId, caller, this.ports);
    const publicUrl = this.config.get('PUBLIC_URL', { infer: true });
    const { url, expiresAt } = await linkTo(to, job, this.ports, { secret: this.secret, publicUrl });
    response.set('Cache-Control', 'no-store');
    return { url, expiresAt: new Date(expiresAt).toISOString() };
  }
}
