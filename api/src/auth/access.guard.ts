import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import { Clock } from '@verbatim/domain';
import type { Request, Response } from 'express';
import type { ApiSettings } from '../config.ts';
import { RateLimit } from '../http/rate-limit.ts';
import { LINK_SECRET } from '../links/link-secret.ts';
import { Refused } from '../refused.ts';
import { countedAs, identify } from './access.ts';
import type { Caller } from './caller.ts';

const ACCESS = 'access';
/** No key needed, and not counted: probes and documentation. */
export const Open = () => SetMetadata(ACCESS, 'open');
/** No key needed: the address itself is signed. Counted by the sender's address. */
export const SignedAddress = () => SetMetadata(ACCESS, 'signed');

/** 403 for everybody else: these routes are no secret, they stand in the OpenAPI document. */
export const OperatorsOnly = () => SetMetadata(ACCESS, 'operators');

/** The user of the request. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller =>
    context.switchToHttp().getRequest<{ caller: Caller }>().caller,
);

/** Stands before every route: who is it, and not too often. Wrong keys are counted too, so guessing is slow. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly rateLimit: RateLimit,
    private readonly clock: Clock,
    private readonly config: ConfigService<ApiSettings, true>,
    @Inject(LINK_SECRET) private readonly secret: string,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<string>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'open') return true;

    const request = context.switchToHttp().getRequest<Request & { caller?: Caller }>();
    const response = context.switchToHttp().getResponse<Response>();
    const caller = access === 'signed' ? null : this.callerOf(request);
    const known = caller instanceof Refused ? null : caller;
    await this.rateLimit.count(countedAs(known, request), this.clock.now(), response);
    if (caller instanceof Refused) throw caller;
    if (access === 'operators' && !caller?.operator) throw new Refused('auth.not_operator');
    if (caller) request.caller = caller;
    return true;
  }

  private callerOf(request: Request): Caller | Refused {
    return identify(request, {
      keys: this.config.get('API_KEYS', { infer: true }),
      publicUrl: this.config.get('PUBLIC_URL', { infer: true }),
      secret: this.secret,
      now: this.clock.now(),
    });
  }
}
