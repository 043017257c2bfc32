import { ApiPropertyOptional } from '@nestjs/swagger';
import { defaultTranscriptionOptions, languageCodes, TranscriptionOptions } from '@verbatim/domain';
import { plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  validateSync,
} from 'class-validator';
import type { Request } from 'express';
import { invalid } from '../http/validation.ts';

const { task, quality, channels } = TranscriptionOptions.shape;

const text = 'string' as const;

/** How these fields stand in the OpenAPI document, wherever they may be sent: in a body, a form or a query. */
export const transcriptionFields = {
  language: {
    description: 'What is spoken. Left out: found by listening.',
    type: text,
    enum: [...languageCodes],
  },
  task: {
    description: '`translate`: into English, whatever is spoken.',
    type: text,
    enum: task.options,
    default: defaultTranscriptionOptions.task,
  },
  quality: {
    description: '`fast` is the quickest; `best` takes about half as long again as `balanced`.',
    type: text,
    enum: quality.options,
    default: defaultTranscriptionOptions.quality,
  },
  prompt: {
    description: 'Words and style to expect: a sentence from before, with the names that will come.',
    type: text,
    maxLength: 1000,
  },
  keywords: {
    description: 'Names and terms to expect. In a form or a query: the field repeated.',
    type: 'array' as const,
    items: { type: text, minLength: 1, maxLength: 100 },
    maxItems: 50,
  },
  channels: {
    description: '`separate`: each channel of a stereo recording is a speaker.',
    type: text,
    enum: channels.options,
    default: defaultTranscriptionOptions.channels,
  },
};

/** How the recording shall be heard. */
export class TranscriptionRequest {
  @ApiPropertyOptional(transcriptionFields.language)
  @IsIn(languageCodes, { message: "language must be one of Whisper's codes, like en or es" })
  @IsOptional()
  language?: string;

  @ApiPropertyOptional(transcriptionFields.task)
  @IsIn(task.options)
  @IsOptional()
  task?: TranscriptionOptions['task'];

  @ApiPropertyOptional(transcriptionFields.quality)
  @IsIn(quality.options)
  @IsOptional()
  quality?: TranscriptionOptions['quality'];

  @ApiPropertyOptional(transcriptionFields.prompt)
  @Matches(/^[\P{Cc}\t\r\n]*$/u, { message: 'prompt must not contain control characters' })
  @MaxLength(transcriptionFields.prompt.maxLength)
  @IsString()
  @IsOptional()
  prompt?: string;

  @ApiPropertyOptional(transcriptionFields.keywords)
  @Matches(/^\P{Cc}*$/u, { each: true, message: 'each of keywords must be free of control characters' })
  @Length(1, transcriptionFields.keywords.items.maxLength, { each: true })
  @IsString({ each: true })
  @ArrayMaxSize(transcriptionFields.keywords.maxItems)
  @IsArray()
  @IsOptional()
  keywords?: string[];

  @ApiPropertyOptional(transcriptionFields.channels)
  @IsIn(channels.options)
  @IsOptional()
  channels?: TranscriptionOptions['channels'];
}

export function optionsOf(asked: TranscriptionRequest): TranscriptionOptions {
  const defaults = defaultTranscriptionOptions;
  return {
    language: asked.language ?? defaults.language,
    task: asked.task ?? defaults.task,
    quality: asked.quality ?? defaults.quality,
    prompt: asked.prompt || defaults.prompt,
    keywords: asked.keywords ?? defaults.keywords,
    channels: asked.channels ?? defaults.channels,
  };
}

/** The same of an upload: in the query, or as form fields before the file. Empty fields are none. @throws Refused */
export function optionsOfUpload(request: Request): TranscriptionOptions {
  const sent: Record<string, unknown> = { ...request.body, ...request.query };
  const fields = Object.keys(transcriptionFields)
    .map((name) => [name, name === 'keywords' ? listOf(sent[name]) : sent[name]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const asked = plainToInstance(TranscriptionRequest, Object.fromEntries(fields));
  const errors = validateSync(asked);
  if (errors.length > 0) throw invalid(errors);
  return optionsOf(asked);
}

/** A field that was sent once is a list of one. */
function listOf(value: unknown): unknown {
  return typeof value === 'string' && value !== '' ? [value] : value;
}
