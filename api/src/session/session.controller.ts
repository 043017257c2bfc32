import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { maxAudioSecondsOf, maxUploadBytesOf } from '@verbatim/adapters';
import { Clock, WorkerRegistry } from '@verbatim/domain';
import type { CookieOptions, Request, Response } from 'express';
import { CurrentCaller, SignedAddress } from '../auth/access.guard.ts';
import { type ApiKey, keyOf } from '../auth/api-keys.ts';
import type { Caller } from '../auth/caller.ts';
import {
  isOfOurPage,
  readSession,
  sessionCookieName,
  sessionCookieOf,
  sessionMs,
  signSession,
} from '../auth/session-cookie.ts';
import { type ApiSettings, uploadPartBytesOf } from '../config.ts';
import { ApiProblems, schemaRef } from '../docs/responses.ts';
import { LINK_SECRET } from '../links/link-secret.ts';
import { Refused } from '../refused.ts';
import { version } from '../version.ts';
import { describeSession, type Session } from './describe-session.ts';
import { SignInRequest } from './session.dto.ts';

@ApiTags('session')
@ApiProblems(401, 403, 429, 503)
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly workers: WorkerRegistry,
    private readonly clock: Clock,
    private readonly config: ConfigService<ApiSettings, true>,
    @Inject(LINK_SECRET) private readonly secret: string,
  ) {}

  @Get()
  @ApiBearerAuth()
  @ApiSecurity('apiKey')
  @ApiOperation({ summary: 'Who you are here, and what this server is' })
  @ApiResponse({ status: 200, schema: schemaRef('Session') })
  async describeSession(
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Session> {
    this.renew(request, response);
    const settings = this.settings();
    const server = {
      version,
      maxUploadBytes: maxUploadBytesOf(settings),
      maxAudioSeconds: maxAudioSecondsOf(settings),
      uploadPartBytes: uploadPartBytesOf(settings),
    };
    return describeSession(caller, server, { workers: this.workers, clock: this.clock });
  }

  @Post()
  @HttpCode(204)
  @SignedAddress()
  @ApiOperation({ summary: 'Stay signed in: the key becomes a session in an HttpOnly cookie' })
  @ApiResponse({ status: 204, description: 'Signed in; send X-Verbatim-Page with what changes anything' })
  @ApiProblems(400)
  signIn(
    @Body() { apiKey }: SignInRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): void {
    if (!isOfOurPage(request)) throw new Refused('request.foreign_page');
    const key = keyOf(apiKey, this.settings().API_KEYS);
    if (!key) throw new Refused('auth.wrong_key');
    this.setCookie(key, response);
  }

  @Delete()
  @HttpCode(204)
  @SignedAddress()
  @ApiOperation({ summary: 'Sign out of this browser' })
  @ApiResponse({ status: 204, description: 'Signed out' })
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    if (!isOfOurPage(request)) throw new Refused('request.foreign_page');
    response.clearCookie(sessionCookieName(this.settings().PUBLIC_URL), this.cookieOptions());
  }

  /** Whoever comes back now and then stays signed in. */
  private renew(request: Request, response: Response): void {
    const { PUBLIC_URL, API_KEYS } = this.settings();
    const cookie = sessionCookieOf(request, PUBLIC_URL);
    const session = cookie === null ? null : readSession(cookie, API_KEYS, this.secret, this.clock.now());
    if (session?.renew) this.setCookie(session.key, response);
  }

  private setCookie(key: ApiKey, response: Response): void {
    const token = signSession(key, this.clock.now() + sessionMs, this.secret);
    const name = sessionCookieName(this.settings().PUBLIC_URL);
    response.cookie(name, token, { ...this.cookieOptions(), maxAge: sessionMs });
  }

  private cookieOptions(): CookieOptions {
    const secure = this.settings().PUBLIC_URL.startsWith('https:');
    return { httpOnly: true, sameSite: 'strict', secure, path: '/' };
  }

  private settings(): Pick<
    ApiSettings,
    'API_KEYS' | 'PUBLIC_URL' | 'MAX_UPLOAD_MIB' | 'MAX_AUDIO_HOURS' | 'UPLOAD_PART_MIB'
  > {
    return {
      API_KEYS: this.config.get('API_KEYS', { infer: true }),
      PUBLIC_URL: this.config.get('PUBLIC_URL', { infer: true }),
      MAX_UPLOAD_MIB: this.config.get('MAX_UPLOAD_MIB', { infer: true }),
      MAX_AUDIO_HOURS: this.config.get('MAX_AUDIO_HOURS', { infer: true }),
      UPLOAD_PART_MIB: this.config.get('UPLOAD_PART_MIB', { infer: true }),
    };
  }
}
