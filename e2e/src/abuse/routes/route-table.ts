/** What the OpenAPI document says of an operation. */
export interface Operation {
  security?: object[];
  requestBody?: { content?: Record<string, unknown> };
}

/**
 * `open`: for everybody, or for who has a signed address; `user`: for who has a key; `own`: names something that belongs to
 * one user; `operator`: for operators only.
 */
export type Access = 'open' | 'user' | 'own' | 'operator';

/** Meant to answer without a key. Any other route has to say in the document that it wants one. */
const openRoutes = [
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /d/{token}',
  // Who signs in brings the key in the body; signing out only takes a cookie away.
  'POST /v1/session',
  'DELETE /v1/session',
];
/** The names that ids of jobs have in addresses. */
export const parameterNames = /\{(?:jobId|job_id)\}/;

/** Who may use a route, or why that can't be told: then it needs an entry here. */
export function accessOf({
  verb,
  path,
  operation,
}: {
  verb: string;
  path: string;
  operation: Operation;
}): Access | { fault: string } {
  const name = `${verb} ${path}`;
  if (openRoutes.includes(name)) return 'open';
  if (!operation.security?.length) return { fault: `${name} wants no key, and is not among the open routes` };
  if (path.startsWith('/v1/admin/')) return 'operator';
  if (!path.includes('{')) return 'user';
  return parameterNames.test(path)
    ? 'own'
    : { fault: `${name} takes an id of a kind that is not known here` };
}

/** A request that fits the route as far as anything but its ids goes. */
export function bodyOf(
  verb: string,
  path: string,
  operation: Operation | undefined,
): { method: string; headers?: Record<string, string>; body?: string | FormData } {
  const types = Object.keys(operation?.requestBody?.content ?? {});
  if (types.includes('multipart/form-data')) {
    const form = new FormData();
    form.append(path === '/upload' ? 'audio_file' : 'file', new Blob(['no audio']), 'a.mp3');
    return { method: verb, body: form };
  }
  if (!types.includes('application/json')) return { method: verb };
  return {
    method: verb,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodies[`${verb} ${path}`] ?? {}),
  };
}

/** Where `{}` is refused before anybody looks whose it is. */
const bodies: Record<string, object> = {
  'POST /v1/jobs/{jobId}/links': { to: 'audio' },
  'POST /v1/jobs/{jobId}/upload/parts': { partNumbers: [1] },
  'PUT /v1/jobs/{jobId}/transcript': { segments: [{ id: 0, text: 'a' }] },
  'POST /v1/jobs': { fileName: 'a.mp3', contentType: 'audio/mpeg', sizeBytes: 100 },
};
