import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { JobsOfThisRun, NotReady } from './jobs-of-this-run.ts';

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The server's list, newest first, as the api pages it. */
function serveJobs(jobs: { jobId: string; status: string }[]): Promise<string> {
  return serve((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const from = Number(searchParams.get('cursor') ?? 0);
    const to = from + Number(searchParams.get('limit'));
    const nextCursor = to < jobs.length ? `${to}` : null;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: jobs.slice(from, to), nextCursor }));
  });
}

describe('JobsOfThisRun', () => {
  it('leaves out the jobs that were there before, and reads all pages of its own', async () => {
    const jobs = [{ jobId: 'old', status: 'FAILED' }];
    const run = await JobsOfThisRun.open({ url: await serveJobs(jobs), key: '' });
    expect(await run.statuses()).toEqual([]);
    for (let n = 0; n < 250; n++) jobs.unshift({ jobId: `new-${n}`, status: 'QUEUED' });
    expect(await run.statuses()).toEqual(Array(250).fill('QUEUED'));
  });

  it('counts all jobs of a user that had none', async () => {
    const jobs: { jobId: string; status: string }[] = [];
    const run = await JobsOfThisRun.open({ url: await serveJobs(jobs), key: '' });
    jobs.push({ jobId: 'first', status: 'COMPLETED' });
    expect(await run.statuses()).toEqual(['COMPLETED']);
  });

  it('shows its key', async () => {
    const url = await serve(({ headers }, response) => {
      response.statusCode = headers.authorization === 'Bearer the key' ? 200 : 401;
      response.end('{"items": [], "nextCursor": null}');
    });
    await expect(JobsOfThisRun.open({ url, key: 'the key' })).resolves.toBeDefined();
    await expect(JobsOfThisRun.open({ url, key: 'another' })).rejects.toThrow('VERBATIM_API_KEY');
  });

  it('says in a sentence that there is no server, or another one', async () => {
    const other = await serve((_, response) => response.end('<html></html>'));
    await expect(JobsOfThisRun.open({ url: other, key: '' })).rejects.toThrow('is it a Verbatim?');
    servers.pop()?.close();
    const nobody = JobsOfThisRun.open({ url: other, key: '' });
    await expect(nobody).rejects.toThrow(NotReady);
    await expect(nobody).rejects.toThrow('npm start');
  });
});
