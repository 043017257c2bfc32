import { samplePath } from '../../drivers/samples.ts';
import type { VerbatimClient } from '../../drivers/verbatim-client.ts';
import { faultsOfAnswer } from '../leaks.ts';
import type { Report } from '../report.ts';
import type { Target } from '../target.ts';
import { type Access, accessOf, bodyOf, type Operation, parameterNames } from './route-table.ts';

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const neverMade = 'job_0190a1b2c3d4700080000000000000ff';

interface Route {
  verb: string;
  path: string;
  operation: Operation;
  access: Access;
}

/** Every route of the OpenAPI document, with no key, with a user's and with another user's ids, by every verb. */
export async function abuseRoutes(target: Target, report: Report): Promise<void> {
  const routes = await routesOf(target, report);
  const jobs = await jobsOfAna(target);
  await withTheWrongKey(routes, jobs, target, report);
  await withForeignIds(routes, jobs, target, report);
  report.check("no list holds another's jobs", [46], await faultsOfLists(routes, jobs, target));
  const still = await Promise.all(jobs.map((jobId) => target.ana.fetch(`/v1/jobs/${jobId}`)));
  report.check('her jobs are still there', [46], still.every(({ ok }) => ok) ? [] : ['one is gone']);
  report.check('headers that keep browsers safe', [58], await faultsOfHeaders(target));
}

async function routesOf(target: Target, report: Report): Promise<Route[]> {
  const document = await target.ana.json<{ paths: Record<string, Record<string, Operation>> }>(
    '/openapi.json',
  );
  const unknown: string[] = [];
  const routes: Route[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [name, operation] of Object.entries(item)) {
      const verb = name.toUpperCase();
      if (!verbs.includes(verb as never)) continue;
      const access = accessOf({ verb, path, operation });
      if (typeof access === 'string') routes.push({ verb, path, operation, access });
      else unknown.push(access.fault);
    }
  }
  const all = routes.length + unknown.length;
  report.check(
    'every route of the document has its entry',
    [46],
    unknown,
    `${all} routes, ${routes.length} covered`,
  );
  return routes;
}

async function withTheWrongKey(
  routes: Route[],
  jobs: string[],
  target: Target,
  report: Report,
): Promise<void> {
  const keyless: string[] = [];
  const asUser: string[] = [];
  const closed = routes.filter(({ access }) => access !== 'open');
  const operators = routes.filter(({ access }) => access === 'operator');
  for (const { verb, path, operation } of closed) {
    const address = new URL(withIds(path, jobs[0] ?? neverMade), target.verbatim.baseUrl);
    const init = bodyOf(verb, path, operation);
    const headers = { ...init.headers, authorization: `Bearer ${'x'.repeat(40)}` };
    keyless.push(...(await faultsOf(`${verb} ${path}`, () => fetch(address, init), [401])));
    keyless.push(
      ...(await faultsOf(
        `${verb} ${path} with a wrong key`,
        () => fetch(address, { ...init, headers }),
        [401],
      )),
    );
  }
  for (const { verb, path, operation } of operators) {
    const send = () => target.ben.fetch(withIds(path, jobs[0] ?? neverMade), bodyOf(verb, path, operation));
    asUser.push(...(await faultsOf(`${verb} ${path}`, send, [403])));
  }
  report.check('no route answers without a key', [46], keyless, `${closed.length} routes`);
  report.check("operators' routes answer no user", [48], asUser, `${operators.length} routes`);
}

async function withForeignIds(
  routes: Route[],
  jobs: string[],
  target: Target,
  report: Report,
): Promise<void> {
  const faults: string[] = [];
  let compared = 0;
  const paths = new Set(routes.filter(({ access }) => access === 'own').map(({ path }) => path));
  for (const path of paths) {
    for (const verb of verbs) {
      const operation = routes.find((route) => route.path === path && route.verb === verb)?.operation;
      for (const jobId of jobs) {
        compared += 1;
        faults.push(...(await differences(verb, path, operation, jobId, target.ben)));
      }
    }
  }
  const name = "another's id is answered like one that never was, by every verb";
  report.check(name, [46], faults, `${compared} requests on ${paths.size} addresses`);
}

/** One that is done, one that waits for its file, one that failed. */
async function jobsOfAna({ ana }: Target): Promise<string[]> {
  const done = await ana.upload(samplePath('en-short.wav'));
  await ana.announceUpload(done.jobId);
  const failed = await ana.uploadBytes('canary-name.mp3', new TextEncoder().encode('no audio'));
  await ana.announceUpload(failed.jobId);
  const waiting = await ana.createJob({ fileName: 'canary-name.mp3', sizeBytes: 100 });
  await ana.waitUntil(done.jobId, 'COMPLETED');
  await ana.waitUntil(failed.jobId, 'FAILED');
  return [done.jobId, failed.jobId, waiting.job.jobId];
}

function withIds(path: string, jobId: string): string {
  return path.replace(parameterNames, jobId);
}

async function faultsOf(name: string, send: () => Promise<Response>, statuses: number[]): Promise<string[]> {
  const answer = await send();
  const body = await answer.text();
  const faults = faultsOfAnswer({ status: answer.status, headers: answer.headers, body });
  if (!statuses.includes(answer.status)) faults.push(`${answer.status}, not ${statuses.join(' or ')}`);
  return faults.map((fault) => `${name}: ${fault}`);
}

async function differences(
  verb: string,
  path: string,
  operation: Operation | undefined,
  jobId: string,
  ben: VerbatimClient,
): Promise<string[]> {
  const look = async (id: string) => {
    const init = { ...bodyOf(verb, path, operation), redirect: 'manual' as const };
    const answer = await ben.fetch(withIds(path, id), init);
    const text = (await answer.text()).replace(/"requestId":"[^"]+"/, '');
    const headers = [...answer.headers.keys()].sort().join(' ');
    return { status: answer.status, headers, text };
  };
  const [real, never] = [await look(jobId), await look(neverMade)];
  const name = `${verb} ${path}`;
  const same = JSON.stringify(real) === JSON.stringify(never);
  const faults = same ? [] : [`${name}: ${JSON.stringify(real)} is not ${JSON.stringify(never)}`];
  const isServed = operation !== undefined;
  if (isServed && real.status !== 404) faults.push(`${name}: ${real.status}, not 404`);
  if (real.status >= 500) faults.push(`${name}: ${real.status}`);
  return faults;
}

/** Also with a cursor that was made for her. */
async function faultsOfLists(
  routes: { verb: string; path: string }[],
  jobs: string[],
  target: Target,
): Promise<string[]> {
  const faults: string[] = [];
  const lists = routes.filter(({ verb, path }) => verb === 'GET' && !path.includes('{'));
  const { nextCursor } = await target.ana.json<{ nextCursor: string }>('/v1/jobs?limit=1');
  const addresses = [...lists.map(({ path }) => path), `/v1/jobs?cursor=${encodeURIComponent(nextCursor)}`];
  for (const address of addresses) {
    const body = await (await target.ben.fetch(address)).text();
    if (jobs.some((jobId) => body.includes(jobId)) || body.includes('canary-name'))
      faults.push(`${address} shows her jobs`);
  }
  return faults;
}

async function faultsOfHeaders(target: Target): Promise<string[]> {
  const faults: string[] = [];
  const origin = 'http://evil.example';
  const preflight = {
    origin,
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'authorization',
  };
  const { baseUrl } = target.verbatim;
  const answers: [string, Response][] = [
    ['a list', await target.ben.fetch('/v1/jobs', { headers: { origin } })],
    ['a refusal', await target.ben.fetch('/v1/jobs/x', { headers: { origin } })],
    ['a preflight', await fetch(`${baseUrl}/v1/jobs`, { method: 'OPTIONS', headers: preflight })],
    ['a page', await fetch(`${baseUrl}/docs`)],
    ['a probe', await fetch(`${baseUrl}/health/live`)],
  ];
  for (const [name, { headers }] of answers) {
    const allowed = headers.get('access-control-allow-origin');
    if (allowed === '*' || allowed === origin) faults.push(`${name}: pages of ${allowed} may read it`);
    if (headers.has('access-control-allow-credentials')) faults.push(`${name}: with credentials`);
    if (headers.has('x-powered-by') || headers.has('server')) faults.push(`${name}: says what it runs on`);
    if (headers.get('x-content-type-options') !== 'nosniff') faults.push(`${name}: no nosniff`);
    if (!headers.get('content-security-policy')?.includes("script-src 'self'"))
      faults.push(`${name}: no content security policy`);
    if (headers.get('set-cookie')) faults.push(`${name}: sets a cookie`);
  }
  return faults;
}
