import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { Job } from '@verbatim/domain';
import { CurrentCaller } from '../auth/access.guard.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { JobPorts } from '../jobs/job-ports.ts';
import { JobViews } from '../jobs/job-views.ts';
import { abortUpload } from './abort-upload.ts';
import { arrivedParts } from './arrived-parts.ts';
import { completeUpload } from './complete-upload.ts';
import { SignPartsRequest } from './multipart.dto.ts';
import { type MultipartUploadView, multipartView } from './multipart-view.ts';
import { openUpload } from './open-upload.ts';
import { signParts } from './sign-parts.ts';

/** Of jobs that were created with `"upload": "multipart"`. */
@ApiTags('uploads in parts')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 404, 409, 410, 429, 503)
@ApiParam({ name: 'jobId' })
@Controller('v1/jobs/:jobId/upload')
export class MultipartController {
  constructor(
    private readonly ports: JobPorts,
    private readonly views: JobViews,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Which parts have arrived: whoever resumes sends the others' })
  @ApiResponse({ status: 200, schema: schemaRef('MultipartUpload') })
  async getUpload(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<MultipartUploadView> {
    const job = await openUpload(jobId, caller, this.ports);
    const arrived = await arrivedParts(job, this.ports);
    return multipartView(job, arrived, (await this.views.of(job)).links);
  }

  @Post('parts')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Addresses to PUT parts to, for a quarter of an hour' })
  @ApiResponse({ status: 200, schema: schemaRef('SignedParts') })
  @ApiProblems(400)
  async signParts(
    @Param('jobId') jobId: string,
    @Body() { partNumbers }: SignPartsRequest,
    @CurrentCaller() caller: Caller,
  ) {
    const parts = await signParts(jobId, partNumbers, caller, this.ports);
    return {
      parts: parts.map(({ expiresAt, ...part }) => ({
        ...part,
        method: 'PUT',
        expiresAt: new Date(expiresAt).toISOString(),
      })),
    };
  }

  @Post('complete')
  @HttpCode(202)
  @ApiOperation({ summary: 'All parts are there: make them one recording. Safe to repeat' })
  @ApiResponse({ status: 202, schema: schemaRef('Job') })
  async completeUpload(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<Job> {
    return this.views.of(await completeUpload(jobId, caller, this.ports));
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Give the upload up: its parts are removed, its job is cancelled' })
  @ApiResponse({ status: 204, description: 'Given up' })
  async abortUpload(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller): Promise<void> {
    await abortUpload(jobId, caller, this.ports);
  }
}
