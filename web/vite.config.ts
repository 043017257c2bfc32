import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev -w web` serves the page with reloading, and passes everything else to a server at port 8000. */
const server = process.env['VERBATIM_URL'] ?? 'http://localhost:8000';

export default defineConfig({
  plugins: [react()],
  // The domain's few pure modules, from their sources.
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    // Nothing inline: the security policy allows files of our own only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/v1', '/docs', '/openapi.json', '/health', '/storage', '/d/'].map((path) => [path, server]),
    ),
  },
});
