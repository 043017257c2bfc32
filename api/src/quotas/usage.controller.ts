import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { CurrentCaller } from '../auth/access.guard.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { JobPorts } from '../jobs/job-ports.ts';
import { type Usage, usageOf } from './usage.ts';

@ApiTags('jobs')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@Controller('v1/usage')
export class UsageController {
  constructor(private readonly ports: JobPorts) {}

  @Get()
  @ApiOperation({ summary: 'What you have used of what this server allows' })
  @ApiResponse({ status: 200, schema: schemaRef('Usage') })
  @ApiProblems(401, 403, 429, 503)
  getUsage(@CurrentCaller() { userId }: Caller): Promise<Usage> {
    return usageOf(userId, this.ports);
  }
}
