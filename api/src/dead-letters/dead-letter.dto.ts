import { ApiPropertyOptional } from '@nestjs/swagger';
import { type QueueName, queueNames } from '@verbatim/domain';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
} from 'class-validator';
import { PageQuery } from '../http/page-query.dto.ts';
import { mostAtOnce } from './replay-dead-letters.ts';

export class ListDeadLettersQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only those that were given up for this failure code.' })
  @Length(1, 100)
  @IsString()
  @IsOptional()
  reason?: string;
}

export class ReplayRequest {
  @ApiPropertyOptional({
    description: `Which ones, ${mostAtOnce} at most. Either this or \`all\`.`,
    type: [String],
    maxItems: mostAtOnce,
  })
  @Length(1, 100, { each: true })
  @IsString({ each: true })
  @ArrayMaxSize(mostAtOnce)
  @ArrayMinSize(1)
  @IsArray()
  @IsOptional()
  jobIds?: string[];

  @ApiPropertyOptional({
    description: `${mostAtOnce} of all of them: ask again with \`nextCursor\` until it is null.`,
    enum: [true],
  })
  @Equals(true)
  @IsOptional()
  all?: true;

  @ApiPropertyOptional({ description: 'With `all`: only those that were given up for this failure code.' })
  @Length(1, 100)
  @IsString()
  @IsOptional()
  reason?: string;

  @ApiPropertyOptional({
    description: 'With `all`: only those that were given up before this time, of a fix for instance.',
    format: 'date-time',
  })
  @IsISO8601({ strict: true })
  @IsOptional()
  before?: string;

  @ApiPropertyOptional({ description: 'With `all`: `nextCursor` of the answer before.' })
  @Length(1, 2000)
  @IsString()
  @IsOptional()
  cursor?: string;
}

export class DeadMessagesQuery {
  @ApiPropertyOptional({ enum: queueNames, description: 'Of this queue only.' })
  @IsIn(queueNames)
  @IsOptional()
  queue?: QueueName;
}
