import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { SignedAddress } from '../auth/access.guard.ts';
import { ApiProblems } from '../docs/responses.ts';
import { JobPorts } from '../jobs/job-ports.ts';
import { LINK_SECRET } from './link-secret.ts';
import { openLink } from './open-link.ts';

@ApiTags('links')
@ApiProblems(404, 410, 429, 503)
@Controller('d')
export class LinkController {
  constructor(
    private readonly ports: JobPorts,
    @Inject(LINK_SECRET) private readonly secret: string,
  ) {}

  @Get(':token')
  @SignedAddress()
  @ApiOperation({ summary: 'The link of a mail: redirects to the text of the transcript, for 24 hours' })
  @ApiParam({ name: 'token' })
  @ApiResponse({ status: 302, description: 'To the text' })
  async openLink(@Param('token') token: string, @Res() response: Response): Promise<void> {
    response.set('Cache-Control', 'no-store').redirect(302, await openLink(token, this.secret, this.ports));
  }
}
