import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { publicUrlOf, storageOriginsOf } from '@verbatim/adapters';
import { json, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { Logger as NestLogger } from 'nestjs-pino';
import { type AppParts, appModule } from './app.module.ts';
import type { ApiConfig } from './config.ts';
import { openApiDocument, serveDocs } from './docs/openapi.ts';
import { compressedText } from './http/compressed-text.ts';
import { plainJson } from './http/plain-json.ts';
import { requestLog } from './http/request-log.ts';
import { defaultBodyPace, steadyBodies } from './http/steady-bodies.ts';
import { streamedUploadMs } from './jobs/stream-upload.ts';
import { ApiMetrics } from './metrics/api-metrics.ts';
import { builtPage, servePage } from './page/serve-page.ts';
import { version } from './version.ts';

const headersWithinMs = 20_000;

/** The whole program but its port: tests make one around fakes. */
export async function createApp(parts: AppParts): Promise<NestExpressApplication> {
  const { config, log } = parts;
  const app = await NestFactory.create<NestExpressApplication>(appModule(parts), {
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(NestLogger));
  app.set('trust proxy', config.TRUST_PROXY ?? false);

  // In this order: a request that can't even be parsed has an id, a line in the log and a time.
  app.use(requestLog(log));
  app.use(app.get(ApiMetrics).timeRequests);
  app.use(helmet(securityHeaders(config)));
  app.enableCors({
    origin: new URL(publicUrlOf(config)).origin,
    exposedHeaders: [
      'ETag',
      'Location',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
      'X-Request-Id',
      'Content-Disposition',
    ],
  });
  app.use(neverShared);
  app.use(compressedText);
  app.use(steadyBodies({ ...defaultBodyPace, ...parts.pace }));
  // A name replaced all over a recording of hours is a long correction.
  app.use(/^\/v1\/jobs\/[^/]+\/transcript$/, json({ limit: '1mb' }));
  app.useBodyParser('json', { limit: '64kb' });
  app.use(plainJson);

  serveDocs(app, openApiDocument(app, config, version));
  servePage(app, parts.page === undefined ? builtPage() : parts.page);
  await app.init();
  // Node's own limit for a request, 5 minutes, is too short for a large file on a slow line.
  app.getHttpServer().requestTimeout = streamedUploadMs;
  // Its default of a minute is time that a slow sender of headers gets for nothing.
  app.getHttpServer().headersTimeout = headersWithinMs;
  // Longer than a load balancer keeps an idle connection (60 s), or it would send a request into one that we just closed.
  app.getHttpServer().keepAliveTimeout = 65_000;
  return app;
}

/** Nothing from elsewhere, and no script that is not a file of ours; nothing that would force TLS on a server without. */
function securityHeaders(config: ApiConfig): Parameters<typeof helmet>[0] {
  const secure = publicUrlOf(config).startsWith('https:');
  // Uploads and audio go straight to storage.
  const storage = storageOriginsOf(config);
  return {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The page's colours are set at run time; styles can't do what scripts can.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:', ...storage],
        connectSrc: ["'self'", 'blob:', ...storage],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: secure ? [] : null,
      },
    },
    strictTransportSecurity: secure,
  };
}

/** Answers are about one user: kept by no proxy, and by the client only to ask whether they have changed. */
function neverShared(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'private, no-cache');
  next();
}
