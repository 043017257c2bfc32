import createClient from 'openapi-fetch';
import { fetchFromServer } from './fetch-from-server.ts';
import type { paths } from './openapi.d.ts';

export type { components, paths } from './openapi.d.ts';

/** Every call throws `ServerProblem` when the server refuses or is not reached: what returns is an answer. */
export const server = createClient<paths>({ baseUrl: window.location.origin, fetch: fetchFromServer });

/** The body of an answer that is known to have one, since a refusal has thrown. */
export async function answerOf<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await call;
  return data as Data;
}
