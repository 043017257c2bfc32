import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { banner, tryItCommand } from './banner.ts';
import { simulatedModel } from './get-model.ts';
import { StandaloneSettings } from './settings.ts';

/** Without colours, whatever the tests' own output is. */
const plainBanner = (...given: Parameters<typeof banner>) => stripVTControlCharacters(banner(...given));

describe('the banner', () => {
  const settings = { ...StandaloneSettings.parse({}), DATA_DIR: '/srv/verbatim' };

  it('names address, model and data', () => {
    const text = plainBanner(settings, { name: 'small-q8_0', path: '/m', demo: false }, 4.21);
    expect(text).toContain('http://localhost:8000');
    expect(text).toMatch(/model\s+small-q8_0\n/);
    expect(text).toContain('/srv/verbatim');
    expect(text).not.toContain('DEMO');
  });

  it('says plainly that the demo model is none for real speech, and why it runs', () => {
    const note = 'The speech model small could not be fetched.';
    const text = plainBanner(settings, { name: 'demo', path: '/m', demo: true, note }, 4.2);
    expect(text).toContain('DEMO, not for real speech');
    expect(text).toContain(note);
  });

  it('says plainly that a simulated engine invents every text', () => {
    const text = plainBanner(settings, simulatedModel, 4.2);
    expect(text).toMatch(/model\s+SIMULATED, every text is invented/);
  });

  it('breaks what there is to say of the model into lines that fit', () => {
    const note = `${'The speech model could not be fetched. '.repeat(8)}That is all.`;
    const text = plainBanner(settings, { name: 'demo', path: '/m', demo: true, note }, 4.2);
    const lines = text.split('\n').filter((line) => /fetched|That is all/.test(line));
    expect(lines.map((line) => line.trim()).join(' ')).toBe(note);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('prints no key', () => {
    const key = 'k'.repeat(32);
    const text = plainBanner(
      { ...settings, API_KEYS: `a:${key}:ana` },
      { name: 'x', path: '/m', demo: false },
      1,
    );
    expect(text).not.toContain(key);
  });
});

describe('the command to try it', { timeout: 30_000 }, () => {
  let server: Server;
  let requests: IncomingMessage[];
  let refusals: number;

  beforeEach(async () => {
    requests = [];
    refusals = 2;
    server = createServer((request, response) => {
      requests.push(request);
      request.resume().on('end', () => {
        if (request.method === 'POST')
          return void response.end('{"job_id":"job_0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d","status":"QUEUED"}');
        if (refusals-- > 0)
          return void response.writeHead(409, { 'retry-after': '1' }).end('{"code":"job.not_finished"}');
        response.end('Yes, I agree.\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  it('uploads a sample, asks until the transcript is there, and prints nothing but its text', async () => {
    expect(await paste({})).toEqual({ stdout: 'Yes, I agree.\n', stderr: '' });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /upload-audio/',
      ...Array(3).fill('GET /v1/jobs/job_0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d/transcript?format=txt'),
    ]);
  });

  it('ends with the reason where the upload is refused', async () => {
    server.removeAllListeners('request').on('request', (request: IncomingMessage, response) => {
      requests.push(request);
      request.resume().on('end', () => response.writeHead(401).end('{"code":"auth.key_missing"}'));
    });
    const { stdout, stderr } = await paste({});
    expect(stdout).toBe('');
    expect(stderr).toContain('401');
    expect(requests).toHaveLength(1);
  });

  it('shows the key of who pastes it where the server knows keys', async () => {
    refusals = 0;
    await paste({ API_KEYS: `a:${'k'.repeat(32)}:ana` }, { API_KEY: 'mine' });
    expect(requests.map((request) => request.headers.authorization)).toEqual(['Bearer mine', 'Bearer mine']);
  });

  function paste(given: Partial<StandaloneSettings>, env: Record<string, string> = {}) {
    const { port } = server.address() as AddressInfo;
    const settings = { ...StandaloneSettings.parse({}), PUBLIC_URL: `http://127.0.0.1:${port}`, ...given };
    return promisify(execFile)('sh', ['-c', tryItCommand(settings)], { env: { ...process.env, ...env } });
  }
});
