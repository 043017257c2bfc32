import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { samplePath } from '../../drivers/samples.ts';
import { waitFor } from '../../drivers/wait-for.ts';
import { isClosed } from '../closed-early.ts';
import { faultsOfAnswer } from '../leaks.ts';
import { eachOf } from '../outcomes.ts';
import type { Report } from '../report.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Target } from '../target.ts';
import { downloadAddress, faultsOfPresigned, faultsOfRanges } from './abuse-storage.ts';
import { hostileBodies } from './hostile-bodies.ts';
import { hostileForms } from './hostile-forms.ts';
import { hostileHttp } from './hostile-http.ts';
import { hostileQueries } from './hostile-queries.ts';
import type { HostileRequest, RequestTarget } from './hostile-request.ts';
import { hostileNames } from './hostile-words.ts';
import { faultsOfSlowSenders } from './slow-senders.ts';

/** Names, ids, headers, queries, bodies and signatures that are not what they should be. */
export async function abusePaths(
  target: Target,
  report: Report,
  { signal, quick }: Surroundings,
): Promise<void> {
  const { jobId } = await target.ana.upload(samplePath('en-short.wav'));
  await target.ana.announceUpload(jobId);
  await target.ana.waitUntil(jobId, 'COMPLETED');
  const { baseUrl } = target.verbatim;
  const requests = { baseUrl, ben: target.ben, bensKey: target.keys.ben, foreignId: jobId };
  const slow = quick ? null : faultsOfSlowSenders(baseUrl, target.keys.ben, signal);

  const groups: Record<string, HostileRequest[]> = {
    'ids and queries': hostileQueries(jobId),
    'bodies and fields': hostileBodies(),
    'forms and file names': hostileForms(),
    'broken HTTP': hostileHttp(),
  };
  for (const [name, hostile] of Object.entries(groups)) {
    const problems: string[] = [];
    await eachOf(hostile, 4, signal, async (request) => {
      problems.push(...(await faultsOf(request, requests)).map((fault) => `${request.name}: ${fault}`));
    });
    const rows = [...new Set(hostile.flatMap((request) => request.rows))].sort((a, b) => a - b);
    report.check(name, rows, problems, `${hostile.length} requests`);
  }
  if (signal.aborted) return;
  report.check('names announced with a job stay names', [44], await faultsOfNames(target));
  report.check('what storage signed is good for nothing else', [52], await faultsOfPresigned(target));
  await waitFor('the mail', async () => (await target.verbatim.mails()).length > 0);
  report.check('ranges', [45], await faultsOfRanges(await downloadAddress(target, target.ana)));
  report.check('files lie under our own ids only', [44, 45], faultsOfStoredPaths(target));
  report.check(
    'the foreign job is as it was',
    [45],
    (await target.ana.job(jobId)).status === 'COMPLETED' ? [] : ['it is not'],
  );
  if (slow) {
    report.progress('waiting for slow senders to be let go');
    report.check('slow senders are let go', [45], await slow, '5 connections');
  }
}

async function faultsOf(request: HostileRequest, target: RequestTarget): Promise<string[]> {
  const answer = await request.send(target).catch((error: unknown) => error as Error);
  // fetch itself refuses some of it, or the connection was closed while it still sent.
  if (answer instanceof Error)
    return request.statuses.includes(0) || isClosed(answer) ? [] : [inspect(answer)];
  const { status, headers } = answer;
  const body = typeof answer.body === 'string' ? answer.body : await (answer as Response).text();
  const answers = 'answers' in answer ? answer.answers : 1;
  const faults = faultsOfAnswer({ status, headers, body });
  if (!request.statuses.includes(status)) faults.push(`${status}, not ${request.statuses.join(' or ')}`);
  if (status >= 500) faults.push(`it is our fault: ${body.slice(0, 200)}`);
  if (answers > 1) faults.push(`read as ${answers} requests`);
  if (headers.has('x-evil')) faults.push('it made a header of its own');
  return faults;
}

/** Given back as they are, for pages to escape; on the disk and in headers they are never seen. */
async function faultsOfNames(target: Target): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, fileName] of Object.entries(hostileNames)) {
    const { job, upload } = await target.ben.createJob({ fileName, sizeBytes: 100 });
    if (job.fileName !== fileName && !fileName.includes('\ud800'))
      faults.push(`${name}: became ${job.fileName}`);
    const key = upload.fields?.['key'] ?? '';
    if (!/^ben\/job_[0-9a-f]{32}\/audio\.(mp3|wav)$/.test(key)) faults.push(`${name}: the key is ${key}`);
  }
  return faults;
}

function faultsOfStoredPaths(target: Target): string[] {
  const folder = join(target.verbatim.dataDir, 'objects');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const ours =
    /\/objects\/(unfinished\/[^/]+|(audio|transcripts)\/(work\/)?(ana|ben|olga)\/job_[0-9a-f]{32}\/[A-Za-z0-9_./~-]+)$/;
  return files.map((file) => join(file.parentPath, file.name)).filter((path) => !ours.test(path));
}
