import createClient, { type Middleware } from 'openapi-fetch';
import { isServersOwn, reportReached } from './connection.ts';
import type { paths } from './openapi.d.ts';
import { problemOf, ServerProblem, unreachable } from './server-problem.ts';

export type { components, paths } from './openapi.d.ts';

/** The API key of a person who chose not to stay signed in: it lives as long as this tab, and nowhere else. */
let apiKey: string | null = null;

export function presentKey(key: string | null): void {
  apiKey = key;
}

/** What every request to the server carries, also those that are made without the client: event streams, downloads. */
export function requestHeaders(): Record<string, string> {
  // A header that no foreign form can send: it is what makes a session's cookie count (see the API's session routes).
  const own = { 'X-Verbatim-Page': '1' };
  return apiKey === null ? own : { ...own, Authorization: `Bearer ${apiKey}` };
}

const inform: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(requestHeaders())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ response }) {
    reportReached(isServersOwn(response));
    if (!response.ok && response.status !== 304) throw await problemOf(response);
    return response;
  },
  onError({ error }) {
    if (error instanceof ServerProblem) return error;
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    reportReached(false);
    return new ServerProblem({ code: unreachable, status: 0, message: 'No answer', cause: error });
  },
};

/** Every call throws `ServerProblem` when the server refuses or is not reached: what returns is an answer. */
export const server = createClient<paths>({ baseUrl: window.location.origin });
server.use(inform);

/** The body of an answer that is known to have one, since a refusal has thrown. */
export async function answerOf<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await call;
  return data as Data;
}
