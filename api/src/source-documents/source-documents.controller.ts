import {
  applyDecorators,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { FileFieldsInterceptor } from '@nestjs/platform-express';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { isFinal, type JobRecord, percentDone, ruleOf } from '@verbatim/domain';
import type { Request, Response } from 'express';
import { CurrentCaller } from '../auth/access.guard.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { AnnouncedSize } from '../http/announced-size.ts';
import { Idempotent } from '../http/idempotency-key.ts';
import { getJob } from '../jobs/get-job.ts';
import { getTranscriptText } from '../jobs/get-transcript.ts';
import { JobPorts } from '../jobs/job-ports.ts';
import { acceptStoredUpload } from '../jobs/stream-upload.ts';
import { transcriptionFields } from '../jobs/transcription-request.ts';
import { ApiMetrics } from '../metrics/api-metrics.ts';
import { Refused } from '../refused.ts';
import type { StoredFile } from './job-storage-engine.ts';

const audioForm = (...fields: string[]) => ({
  schema: {
    type: 'object',
    properties: {
      // A form is read as it comes: these have to stand before the file.
      ...transcriptionFields,
      ...Object.fromEntries(fields.map((field) => [field, { type: 'string', format: 'binary' }])),
    },
  },
});
/** In the query, for clients that can't put a field before their file. */
const TranscriptionQuery = () =>
  applyDecorators(
    ...Object.entries(transcriptionFields).map(([name, { description, ...schema }]) =>
      ApiQuery({ name, required: false, description, schema }),
    ),
  );

/** The routes of the documents that this product was first described in, as they stand there (S002-15..17, S003-26..27). */
@ApiTags('source documents')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 429, 503)
@Controller()
export class SourceDocumentsController {
  constructor(
    private readonly ports: JobPorts,
    private readonly metrics: ApiMetrics,
  ) {}

  @Post('upload-audio/')
  @HttpCode(200)
  @UseInterceptors(
    AnnouncedSize,
    FileFieldsInterceptor([
      { name: 'file', maxCount: 1 },
      { name: 'audio_file', maxCount: 1 },
    ]),
  )
  @ApiOperation({ summary: 'Send a recording through the server and start its transcription' })
  @ApiConsumes('multipart/form-data')
  @ApiBody(audioForm('file', 'audio_file'))
  @TranscriptionQuery()
  @Idempotent('The same request is the same file under the same name, with the same options.')
  @ApiResponse({ status: 200, schema: schemaRef('UploadedAudio') })
  @ApiProblems(400, 413, 415)
  async uploadAudio(@Req() request: Request) {
    const job = await this.accept(request, 'file');
    return { job_id: job.jobId, status: job.status };
  }

  @Post('upload')
  @HttpCode(200)
  @UseInterceptors(AnnouncedSize, FileFieldsInterceptor([{ name: 'audio_file', maxCount: 1 }]))
  @ApiOperation({ summary: 'The same, with the answer of the audio diary' })
  @ApiConsumes('multipart/form-data')
  @ApiBody(audioForm('audio_file'))
  @TranscriptionQuery()
  @Idempotent('The same request is the same file under the same name, with the same options.')
  @ApiResponse({ status: 200, schema: schemaRef('StartedTranscription') })
  @ApiProblems(400, 413, 415)
  async upload(@Req() request: Request) {
    const job = await this.accept(request, 'audio_file');
    return { message: 'File uploaded and transcription started', job_name: jobNameOf(job) };
  }

  @Get('status/:job_id')
  @ApiOperation({ summary: 'How far a job is' })
  @ApiParam({ name: 'job_id', description: 'A job_id or a job_name' })
  @ApiResponse({ status: 200, schema: schemaRef('StatusOfAudio') })
  @ApiProblems(404)
  async status(@Param('job_id') idOrName: string, @CurrentCaller() caller: Caller) {
    const job = await getJob(jobIdOf(idOrName), caller, this.ports);
    return {
      job_id: job.jobId,
      status: job.status,
      progress_percent: percentDone(job),
      error: job.errorCode === null ? null : ruleOf(job.errorCode).message,
    };
  }

  @Get('result/:job_id')
  @ApiOperation({ summary: 'What a job made; nulls while it has not ended' })
  @ApiParam({ name: 'job_id', description: 'A job_id or a job_name' })
  @ApiResponse({ status: 200, schema: schemaRef('ResultOfAudio') })
  @ApiResponse({ status: 202, schema: schemaRef('ResultOfAudio') })
  @ApiProblems(404)
  async result(
    @Param('job_id') idOrName: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ) {
    const job = await getJob(jobIdOf(idOrName), caller, this.ports);
    if (!isFinal(job.status)) response.status(202);
    const transcript = job.status === 'COMPLETED' ? await getTranscriptText(job, this.ports) : null;
    return { job_id: job.jobId, status: job.status, transcript, notes: null };
  }

  private async accept(request: Request, field: string): Promise<JobRecord> {
    const files = request.files as unknown as Record<string, StoredFile[]> | undefined;
    const [file] = Object.values(files ?? {}).flat();
    if (!file) {
      const message = `${field} must be a file in a multipart/form-data body`;
      throw new Refused('request.invalid', { errors: [{ field, message }] });
    }
    this.metrics.jobsCreated.inc({ upload: 'streamed' });
    return acceptStoredUpload(file.job, this.ports);
  }
}

const jobNamePrefix = 'transcription_';

function jobNameOf(job: JobRecord): string {
  return `${jobNamePrefix}${job.jobId}`;
}

function jobIdOf(idOrName: string): string {
  return idOrName.startsWith(jobNamePrefix) ? idOrName.slice(jobNamePrefix.length) : idOrName;
}
