import type { NestExpressApplication } from '@nestjs/platform-express';
import { failureCodes } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { refusals } from '../refused.ts';
import { openTestApp } from '../testing/test-app.ts';

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

describe('the OpenAPI document', () => {
  it('holds exactly the routes that there are', async () => {
    const { app, as } = await openTestApp();
    const { body } = await as().get('/openapi.json').expect(200);
    const documented = Object.entries<object>(body.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => methods.includes(key))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.map(withoutSlash).sort()).toEqual(routesOf(app).map(withoutSlash).sort());
  });

  it('resolves every reference, and describes each answer and each field', async () => {
    const { as } = await openTestApp();
    const { body } = await as().get('/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references) expect(Object.keys(body.components.schemas)).toContain(name);
    expect(Object.keys(body.components.schemas.CreateJobRequest.properties)).toEqual([
      'language',
      'task',
      'quality',
      'prompt',
      'keywords',
      'channels',
      'fileName',
      'contentType',
      'sizeBytes',
      'upload',
    ]);
    expect(body.components.schemas.Job.required).toContain('links');
    for (const [path, item] of Object.entries<Record<string, { responses: object }>>(body.paths)) {
      for (const operation of Object.values(item)) {
        expect(Object.keys(operation.responses), path).not.toEqual([]);
      }
    }
  });

  it('lists every code that a job can fail with, and every reason to refuse a request', async () => {
    const { as } = await openTestApp();
    const { schemas } = (await as().get('/openapi.json').expect(200)).body.components;
    expect(JSON.stringify(schemas.Job.properties.error)).toContain(JSON.stringify(failureCodes));
    expect(schemas.Problem.properties.code.enum).toEqual(Object.keys(refusals));
  });

  it('names each operation by what it does, and no two alike', async () => {
    const { as } = await openTestApp();
    const { body } = await as().get('/openapi.json').expect(200);
    const operations = Object.values<object>(body.paths).flatMap((item) => Object.values(item));
    const names = operations.map(({ operationId }) => operationId);
    expect(names).toContain('createJob');
    expect(new Set(names).size).toBe(names.length);
  });

  it('has pages that need nothing from elsewhere, under the policy that is sent with them', async () => {
    const { as } = await openTestApp();
    await as().get('/').expect(302).expect('Location', '/docs');
    const { text, headers } = await as().get('/docs').expect(200);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    const sources = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      expect(source).toMatch(/^\.?\/[^/]/);
      await as().get(new URL(source, 'http://x/').pathname).expect(200);
    }
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/);
  });
});

/** What Express really has: its own list of routes, not Nest's idea of it. */
function routesOf(app: NestExpressApplication): string[] {
  interface Layer {
    route?: { path: string; methods: Record<string, boolean> };
  }
  const { stack } = app.getHttpAdapter().getInstance().router as unknown as { stack: Layer[] };
  return stack
    .flatMap(({ route }) =>
      route ? Object.keys(route.methods).map((method) => ({ method, path: route.path })) : [],
    )
    .filter(({ path }) => typeof path === 'string' && !/^\/(docs|openapi\.json)/.test(path))
    .map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
}

/** Express takes a path with and without its last slash. */
function withoutSlash(route: string): string {
  return route.replace(/(.)\/$/, '$1');
}
