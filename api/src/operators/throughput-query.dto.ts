import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

export class ThroughputQuery {
  @ApiPropertyOptional({
    description: 'Back from now.',
    minimum: 1,
    maximum: 31,
    default: 7,
    type: 'integer',
  })
  @Max(31)
  @Min(1)
  @IsInt()
  @Type(() => Number)
  @IsOptional()
  days?: number;
}
