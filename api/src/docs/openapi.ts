import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { publicUrlOf } from '@verbatim/adapters';
import type { ApiConfig } from '../config.ts';
import { componentSchemas } from './schemas.ts';

/** Made from the routes themselves: requests from the DTO classes, answers from the zod schemas. */
export function openApiDocument(
  app: NestExpressApplication,
  config: ApiConfig,
  version: string,
): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Verbatim')
    .setDescription('Audio in; transcript out. Errors are application/problem+json with a stable `code`.')
    .setVersion(version)
    .addServer(publicUrlOf(config))
    .addTag('jobs', 'Create a job, send its file straight to storage, follow it.')
    .addTag(
      'uploads in parts',
      'Send a large file in parts: which have arrived, addresses for more, join them.',
    )
    .addTag('transcripts', 'Read the text in its formats, correct it, and see its versions.')
    .addTag('source documents', 'The routes that this product was first described with, as they stand there.')
    .addTag('session', 'For the page: who you are, and staying signed in.')
    .addTag(
      'operators',
      'What waits, who works, how much was done, and dead letters: jobs that were given up, messages that nobody could read.',
    )
    .addTag('links', 'What the mails link to.')
    .addTag('operation', 'For probes and Prometheus.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, outline, {
    operationIdFactory: (_controller, method) => method,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...componentSchemas() },
  };
  return document;
}

/** `/openapi.json`, and pages to read and try it at `/docs`; all their parts come from here. */
export function serveDocs(app: NestExpressApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Verbatim API',
    customCss: '.swagger-ui .topbar { display: none }',
  });
}
