import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { audioContentTypes, JobStatus, type TranscriptFormat, transcriptFormats } from '@verbatim/domain';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../http/page-query.dto.ts';
import type { CreateJob } from './create-job.ts';
import { type LinkTarget, linkTargets } from './link-to.ts';
import { TranscriptionRequest } from './transcription-request.ts';

export class CreateJobRequest extends TranscriptionRequest implements CreateJob {
  @ApiProperty({ description: 'To show and to name downloads by.', example: 'meeting.mp3', maxLength: 255 })
  @Matches(/^\P{Cc}*$/u, { message: 'fileName must not contain control characters' })
  @Length(1, 255)
  @IsString()
  fileName: string;

  @ApiProperty({
    description: `One of ${audioContentTypes.join(', ')}, or application/octet-stream: then the file name's ending tells.`,
    example: 'audio/mpeg',
  })
  @Length(1, 100)
  @IsString()
  contentType: string;

  @ApiProperty({
    description: 'In bytes. The upload may not be larger.',
    example: 20_000_000,
    minimum: 1,
    type: 'integer',
  })
  @Min(1)
  @IsInt()
  sizeBytes: number;

  @ApiPropertyOptional({
    description:
      'A form to POST (the default), an address to PUT to, or parts: for files that take long, so that they can be resumed.',
    enum: ['post', 'put', 'multipart'],
  })
  @IsIn(['post', 'put', 'multipart'])
  @IsOptional()
  upload?: 'post' | 'put' | 'multipart';
}

const aTime = 'a time such as 2026-11-21T10:00:00Z';

export class ListJobsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: JobStatus.options })
  @IsIn(JobStatus.options)
  @IsOptional()
  status?: JobStatus;

  @ApiPropertyOptional({
    description: 'Only jobs that were created at this time or later.',
    format: 'date-time',
    example: '2026-11-21T00:00:00Z',
  })
  @IsISO8601({ strict: true }, { message: `from has to be ${aTime}` })
  @Length(10, 40)
  @IsOptional()
  from?: string;

  @ApiPropertyOptional({ description: 'Only jobs that were created earlier than this.', format: 'date-time' })
  @IsISO8601({ strict: true }, { message: `to has to be ${aTime}` })
  @Length(10, 40)
  @IsOptional()
  to?: string;

  @ApiPropertyOptional({
    description:
      'Part of the file name; case and accents do not matter. A page may be short, or empty, and still have a `nextCursor`.',
    maxLength: 255,
  })
  @Length(1, 255)
  @IsString()
  @IsOptional()
  q?: string;
}

export class TranscriptQuery {
  @ApiPropertyOptional({
    description: 'Without it, Accept decides, and json is the default.',
    enum: transcriptFormats,
  })
  @IsIn(transcriptFormats)
  @IsOptional()
  format?: TranscriptFormat;

  @ApiPropertyOptional({
    description: 'vtt: each word with its own time, for players that show words as they are spoken.',
    enum: ['true', 'false'],
    default: 'false',
  })
  @IsIn(['true', 'false'])
  @IsOptional()
  words?: 'true' | 'false';

  @ApiPropertyOptional({
    description: 'Of a job that has not ended: what is there so far, marked `"complete": false` in json.',
    enum: ['true', 'false'],
    default: 'false',
  })
  @IsIn(['true', 'false'])
  @IsOptional()
  partial?: 'true' | 'false';

  @ApiPropertyOptional({
    description: '`original`: what the engine heard; `v1`, `v2` …: a correction. Left out: the newest.',
    example: 'original',
  })
  @Matches(/^(original|v[1-9]\d{0,8})$/, { message: 'version must be original, or like v1' })
  @IsString()
  @IsOptional()
  version?: string;

  @ApiPropertyOptional({ description: 'Given at all: browsers save the file instead of showing it.' })
  @Allow()
  download?: string;
}

class CorrectedSegment {
  @ApiProperty({ description: 'Of the segment in the json of the transcript.', minimum: 0, type: 'integer' })
  @Min(0)
  @IsInt()
  id: number;

  @ApiProperty({ description: 'What was said in it; nothing, where nothing was.', maxLength: 10_000 })
  @MaxLength(10_000)
  @IsString()
  text: string;
}

class NamedSpeaker {
  @ApiProperty({ description: 'As the version that you corrected calls them.', maxLength: 200 })
  @MaxLength(200)
  @IsString()
  speaker: string;

  @ApiProperty({
    description: 'What they are called from now on, as nobody else is; nothing: what the engine called them.',
    maxLength: 80,
  })
  @MaxLength(80)
  @IsString()
  name: string;
}

export class CorrectionRequest {
  @ApiPropertyOptional({
    description: 'Those whose text is another now. The others stay as they are.',
    type: [CorrectedSegment],
    maxItems: 20_000,
  })
  @Type(() => CorrectedSegment)
  @ValidateNested({ each: true })
  @ArrayMaxSize(20_000)
  @IsArray()
  @IsOptional()
  segments?: CorrectedSegment[];

  @ApiPropertyOptional({
    description: 'Those who are called otherwise now. The others keep their names.',
    type: [NamedSpeaker],
    maxItems: 100,
  })
  @Type(() => NamedSpeaker)
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  @IsArray()
  @IsOptional()
  speakers?: NamedSpeaker[];
}

export class LinkRequest {
  @ApiProperty({
    description: 'The text of the transcript, for 24 hours, or the recording, for an hour.',
    enum: linkTargets,
  })
  @IsIn(linkTargets)
  to: LinkTarget;
}
