import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type Response } from 'express';
import { compressedFiles } from './compressed-files.ts';

/** The page's own addresses: its views, which it tells apart itself. */
const views = ['/', '/jobs/*path', '/operation', '/settings'];

const forever = 'public, max-age=31536000, immutable';

/** Where the built page lies; null where nobody has built it. */
export function builtPage(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('@verbatim/web/dist/index.html'));
  } catch {
    return null;
  }
}

/** The page at `/`, for whoever is not on S3 and CloudFront; without one `/` leads to the API's own pages. */
export function servePage(app: NestExpressApplication, folder: string | null): void {
  const routes = express.Router();
  if (folder === null || !existsSync(join(folder, 'index.html'))) {
    routes.get('/', (_request, response) => response.redirect(302, '/docs'));
  } else {
    const index = join(folder, 'index.html');
    const assets = join(folder, 'assets');
    routes.use(
      '/assets',
      // The names of assets change with their contents.
      compressedFiles(assets, { 'Cache-Control': forever }),
      express.static(assets, { index: false, redirect: false, setHeaders: keepForever }),
    );
    routes.use(express.static(folder, { index: false, redirect: false, cacheControl: false }));
    routes.get(views, (_request, response) => response.sendFile(index, { cacheControl: false }));
  }
  app.use(routes);
}

function keepForever(response: Response): void {
  response.set('Cache-Control', forever);
}
