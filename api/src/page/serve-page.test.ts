import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestApp } from '../testing/test-app.ts';

async function openWithPage() {
  const page = await mkdtemp(join(tmpdir(), 'verbatim-page-'));
  onTestFinished(() => rm(page, { recursive: true }));
  await mkdir(join(page, 'assets'));
  await writeFile(join(page, 'index.html'), '<p>the page</p>');
  await writeFile(join(page, 'icon.svg'), '<svg/>');
  await writeFile(join(page, 'assets/main-abc.js'), 'main()');
  return openTestApp({ page });
}

describe('the page', () => {
  it.each(['/', '/jobs/job_1', '/operation', '/settings'])(
    'is served at %s, and asked for anew',
    async (path) => {
      const { as } = await openWithPage();
      const { text, headers } = await as().get(path).expect(200);
      expect(text).toContain('the page');
      expect(headers['cache-control']).toBe('private, no-cache');
    },
  );

  it('may be kept as far as its names change with its contents', async () => {
    const { as } = await openWithPage();
    const { headers } = await as().get('/assets/main-abc.js').expect(200);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    await as().get('/icon.svg').expect(200).expect('Content-Type', /svg/);
  });

  it('sends scripts compressed to whoever takes that, as they are to others, and in ranges', async () => {
    const { as } = await openWithPage();
    const asked = (encoding: string) => as().get('/assets/main-abc.js').set('Accept-Encoding', encoding);
    const compressed = await asked('gzip, br').expect(200).expect('Content-Encoding', 'gzip');
    expect(compressed.text).toBe('main()');
    expect(compressed.headers['content-type']).toMatch(/javascript/);
    expect(compressed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(compressed.headers['vary']).toContain('Accept-Encoding');
    const plain = await asked('identity').expect(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['vary']).toContain('Accept-Encoding');
    await asked('gzip').set('Range', 'bytes=0-3').expect(206).expect('Content-Length', '4');
    const again = await asked('gzip').set('If-None-Match', String(compressed.headers['etag']));
    expect(again.status).toBe(304);
  });

  it('runs no script but its own files, and is framed by nobody', async () => {
    const { as } = await openWithPage();
    const { headers } = await as().get('/').expect(200);
    const policy = headers['content-security-policy'];
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
  });

  it('takes no address of the API, and leads nowhere else on the disk', async () => {
    const { as } = await openWithPage();
    await as().get('/v1/jobs').expect(401);
    await as().get('/assets/%2e%2e/%2e%2e/etc/passwd').expect(404);
    await as().get('/nowhere').expect(404);
  });

  it('is made way for by the API’s pages where nobody has built it', async () => {
    const { as } = await openTestApp({ page: null });
    await as().get('/').expect(302).expect('Location', '/docs');
  });
});
