import { ApiProperty } from '@nestjs/swagger';
import { maxUploadParts } from '@verbatim/domain';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsInt, Max, Min } from 'class-validator';

const mostAtOnce = 100;

export class SignPartsRequest {
  @ApiProperty({
    description: 'From 1 to `partCount`, in any order.',
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: maxUploadParts },
    minItems: 1,
    maxItems: mostAtOnce,
    uniqueItems: true,
    example: [1, 2, 3],
  })
  @Max(maxUploadParts, { each: true })
  @Min(1, { each: true })
  @IsInt({ each: true })
  @ArrayUnique()
  @ArrayMaxSize(mostAtOnce)
  @ArrayMinSize(1)
  @IsArray()
  partNumbers: number[];
}
