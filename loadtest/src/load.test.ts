import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A server without jobs. */
let simulated = false;
const server = createServer(({ url }, response) => {
  const health = { status: 'ok', details: { workers: { status: 'up', simulated } } };
  response.end(JSON.stringify(url === '/health/ready' ? health : { items: [], nextCursor: null }));
});
let url: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function load(args: string[], env: Record<string, string>) {
  const program = join(import.meta.dirname, 'load.ts');
  const child = spawn(process.execPath, [program, '--url', url, ...args], { env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  const [code] = await once(child, 'close');
  return { code, printed };
}

describe('npm run load', () => {
  it.each([[[]], [['--monitor']]])('says how to get k6 where there is none (%j)', async (args) => {
    const { code, printed } = await load(args, { K6_PATH: '/there/is/none' });
    expect(code).toBe(1);
    expect(printed).toMatch(/^k6 could not be started.*install-k6.*K6_PATH\.\n$/);
  });

  it.each([true, false])('says so where the engine is simulated: %s', async (isSimulated) => {
    simulated = isSimulated;
    const { printed } = await load([], { K6_PATH: '/there/is/none' });
    simulated = false;
    expect(printed.includes('The engine is simulated')).toBe(isSimulated);
  });

  it("ends as k6 ends, and keeps the key out of k6's command line", async () => {
    // Given a program in k6's place that says what it was given, and that a threshold was missed
    const k6 = join(mkdtempSync(join(tmpdir(), 'verbatim-load-')), 'k6');
    writeFileSync(
      k6,
      '#!/bin/sh\necho "arguments $*"\necho "clients $WORKERS, key $API_KEY" >&2\nexit 99\n',
      { mode: 0o755 },
    );
    const { code, printed } = await load(['--workers', '3'], { K6_PATH: k6, VERBATIM_API_KEY: 'a-secret' });
    expect(code).toBe(99);
    expect(printed).toContain('clients 3, key a-secret');
    expect(printed).not.toMatch(/arguments .*a-secret/);
  });
});
