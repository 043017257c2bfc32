import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { brokenConnection, internalErrorOfS3, problem } from '../testing/fake-verbatim.ts';
import { runVerbatim } from '../testing/run-verbatim.ts';
import { transcribing } from '../testing/transcribing.ts';

let { server, recording, transcribe } = {} as Awaited<ReturnType<typeof transcribing>>;
beforeEach(async () => {
  ({ server, recording, transcribe } = await transcribing());
});

describe('sending a file of more than 64 MiB', { timeout: 30_000 }, () => {
  const sizeBytes = 70e6;
  const partRoute = 'PUT /storage/:id/part';
  const longRecording = (content = Buffer.alloc(sizeBytes)) => recording('long.wav', content);
  const partsSent = () => server.routes().filter((route) => route === partRoute).length;

  it('sends it in parts, byte for byte, and tells how much of all is gone', async () => {
    const content = Buffer.alloc(sizeBytes);
    for (let at = 0; at < sizeBytes; at += 4e6) content.writeUInt32BE(at, at);
    const { exitCode, stderr } = await transcribe([await longRecording(content)]);
    expect(exitCode).toBe(0);
    const { parts } = server.only();
    const { partSizeBytes } = server;
    expect(parts.size).toBe(9);
    for (let number = 1; number <= 9; number++) {
      const part = content.subarray((number - 1) * partSizeBytes, number * partSizeBytes);
      const sha256 = createHash('sha256').update(part).digest('hex');
      expect(parts.get(number)).toEqual({ sizeBytes: part.length, sha256 });
    }
    expect(server.routes()).not.toContain('POST /v1/jobs/:id/uploaded');
    expect(stderr).toMatch(/uploading 0 %.* 25 %.* 50 %.* 75 %.* 100 %, 70\.0 MB of 70\.0 MB/s);
  });

  it('sends again what broke off, and nothing else', async () => {
    server.trouble(
      partRoute,
      brokenConnection,
      problem(503, 'storage.unavailable', 'Storage does not answer.'),
      internalErrorOfS3,
    );
    server.trouble('POST /v1/jobs/:id/upload/parts', brokenConnection);
    server.trouble('POST /v1/jobs/:id/upload/complete', brokenConnection);
    expect(await transcribe([await longRecording()])).toMatchObject({ exitCode: 0 });
    expect(partsSent()).toBe(9 + 3);
    expect(server.only().parts.size).toBe(9);
  });

  it('takes away what has arrived at Ctrl-C', async () => {
    const stop = new AbortController();
    server.trouble(partRoute, () => {});
    const running = runVerbatim(['transcribe', await longRecording(), '--url', server.url], {
      stop: stop.signal,
    });
    await vi.waitUntil(() => partsSent() === 9, { timeout: 20_000 });
    stop.abort();
    expect(await running).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/Interrupted: its job is cancelled\./),
    });
    expect(server.only()).toMatchObject({ job: { status: 'CANCELED' }, parts: new Map() });
  });

  it('takes it away when storage refuses a part, and lets the others go', async () => {
    const refuse = problem(400, 'upload.bad', 'This part is not the one that was announced.');
    server.trouble(
      partRoute,
      () => {},
      () => {},
      refuse,
    );
    expect(await transcribe([await longRecording()])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('This part is not the one that was announced.'),
    });
    expect(partsSent()).toBe(3);
    expect(server.only()).toMatchObject({ job: { status: 'CANCELED' }, parts: new Map() });
  });
});
