import { isServersOwn, reportReached } from './connection.ts';
import { noAnswer, problemOf } from './server-problem.ts';

/** The API key of a person who chose not to stay signed in: it lives as long as this tab, and nowhere else. */
let apiKey: string | null = null;

export function presentKey(key: string | null): void {
  apiKey = key;
}

/**
 * `fetch` as every request to the server goes: of its client, of downloads and of event streams. Presents the key, and
 * reports whether the server answers. What returns is an answer (2xx or 304).
 * @throws ServerProblem when the server refuses or is not reached; the signal's reason when that aborts
 */
export async function fetchFromServer(address: string | Request, init: RequestInit = {}): Promise<Response> {
  const request = new Request(address, init);
  // A header that no foreign form can send: it is what makes a session's cookie count (see the API's session routes).
  request.headers.set('X-Verbatim-Page', '1');
  if (apiKey !== null) request.headers.set('Authorization', `Bearer ${apiKey}`);
  const response = await fetch(request).catch((cause: unknown) => {
    if (request.signal.aborted) throw cause;
    reportReached(false);
    throw noAnswer(cause);
  });
  reportReached(isServersOwn(response));
  if (!response.ok && response.status !== 304) throw await problemOf(response);
  return response;
}
