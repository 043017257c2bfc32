import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

export class SignInRequest {
  @ApiProperty({ description: 'The API key to stay signed in with', minLength: 1, maxLength: 512 })
  @IsString()
  @Length(1, 512)
  apiKey!: string;
}
