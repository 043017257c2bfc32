import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';

/** Boundaries, part headers and a few fields around the file. */
const formOverheadBytes = 1024 * 1024;

/** An upload that says itself that it is too large is refused before it is read. */
@Injectable()
export class AnnouncedSize implements NestInterceptor {
  constructor(private readonly ports: JobPorts) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const announced = Number(context.switchToHttp().getRequest<Request>().get('content-length') ?? 0);
    if (announced > this.ports.maxUploadBytes + formOverheadBytes) throw new Refused('upload.too_large');
    return next.handle();
  }
}
