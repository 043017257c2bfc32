import { Body, Controller, Get, Param, Put, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCaller } from '../auth/access.guard.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { contentDisposition, fileNameAs } from '../http/content-disposition.ts';
import { fileAnswer, gzippedAnswer } from '../http/file-answer.ts';
import { takesGzip } from '../http/takes-gzip.ts';
import { correctJob } from './correct-job.ts';
import { getJob } from './get-job.ts';
import { getTranscript, nameOfVersion } from './get-transcript.ts';
import { CorrectionRequest, TranscriptQuery } from './job.dto.ts';
import { JobPorts } from './job-ports.ts';
import { acceptedFormat, transcriptContent } from './transcript-formats.ts';
import { type TranscriptVersion, transcriptVersions } from './transcript-versions.ts';

/** The text of a job, in all its formats and versions. */
@ApiTags('transcripts')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblems(401, 403, 404, 409, 410, 429, 503)
@ApiParam({ name: 'jobId' })
@Controller('v1/jobs/:jobId/transcript')
export class TranscriptController {
  constructor(private readonly ports: JobPorts) {}

  @Get()
  @ApiOperation({
    summary: 'The transcript, in one of its formats: the newest version, or the one asked for',
  })
  @ApiResponse({ status: 200, content: transcriptContent })
  @ApiProblems(400, 406)
  async getTranscript(
    @Param('jobId') jobId: string,
    @Query() query: TranscriptQuery,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile | undefined> {
    response.vary('Accept, Accept-Encoding');
    const format = query.format ?? acceptedFormat(request);
    const words = format === 'vtt' && query.words === 'true';
    const job = await getJob(jobId, caller, this.ports);
    const asked = { partial: query.partial === 'true', version: query.version };
    const gzipped = takesGzip(request);
    // A version never changes, so its name is enough to know that the client has it; other bytes need another name.
    const name = [
      nameOfVersion(job, asked),
      format,
      ...(words ? ['words'] : []),
      ...(gzipped ? ['gzip'] : []),
    ];
    response.set('ETag', `"${name.join('.')}"`);
    if (request.fresh) {
      response.status(304);
      return undefined;
    }
    const transcript = await getTranscript(job, format, this.ports, { words, ...asked });
    const kind = query.download === undefined ? 'inline' : 'attachment';
    const about = {
      type: transcript.contentType,
      disposition: contentDisposition(kind, fileNameAs(job.fileName, format)),
    };
    if (gzipped) return gzippedAnswer(transcript.body, about, response);
    return fileAnswer(transcript.body, { ...about, length: transcript.sizeBytes });
  }

  @Put()
  @ApiOperation({
    summary: 'Correct the transcript: saved as a new version, the original stays',
    description:
      'Words keep their times: unchanged ones exactly, changed ones share the time of what they replace. Text is plain text ' +
      'on one line. A speaker who is named has that name in all segments. Where nothing changes, no version is made. Of ' +
      'versions that follow each other within ten minutes the older ones are let go, all but the first; no more than a ' +
      'hundred are kept.',
  })
  @ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'The ETag of the transcript that you corrected, in whichever format you read it.',
  })
  @ApiResponse({ status: 200, schema: schemaRef('TranscriptVersion') })
  @ApiProblems(400, 412, 413, 422, 428)
  async correctTranscript(
    @Param('jobId') jobId: string,
    @Body() body: CorrectionRequest,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TranscriptVersion> {
    const asked = {
      texts: new Map(body.segments?.map(({ id, text }) => [id, text])),
      names: new Map(body.speakers?.map(({ speaker, name }) => [speaker, name])),
      ifMatch: request.get('if-match'),
    };
    const saved = await correctJob(jobId, asked, caller, this.ports);
    response.set('ETag', `"${saved.name}.json"`);
    return saved.version;
  }

  @Get('versions')
  @ApiOperation({ summary: 'The versions of the transcript that are kept, the newest first' })
  @ApiResponse({ status: 200, schema: schemaRef('TranscriptVersionList') })
  async listTranscriptVersions(@Param('jobId') jobId: string, @CurrentCaller() caller: Caller) {
    return { items: transcriptVersions(await getJob(jobId, caller, this.ports)) };
  }
}
