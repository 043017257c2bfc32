import { ServerProblem, unreachable } from '../server/server-problem.ts';

/**
 * Sends a body straight to storage, telling how much of it is gone. XMLHttpRequest, because fetch does not say.
 * Resolves to the ETag that storage gave it. @throws ServerProblem; the signal's reason when it aborts
 */
export function sendBytes(
  {
    method,
    url,
    headers,
    body,
  }: { method: 'POST' | 'PUT'; url: string; headers: Record<string, string>; body: Blob | FormData },
  { signal, onProgress }: { signal: AbortSignal; onProgress(sentBytes: number): void },
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status < 300) resolve(request.getResponseHeader('ETag'));
      else reject(problemOf(request));
    };
    request.onerror = () => reject(new ServerProblem({ code: unreachable, status: 0, message: 'No answer' }));
    request.onabort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) request.abort();
    else request.send(body);
  });
}

/** Storage on aws speaks XML, ours problem+json: the status says enough where there is no code. */
function problemOf(request: XMLHttpRequest): ServerProblem {
  const said = asJson(request.responseText);
  return new ServerProblem({
    code: said?.code ?? `http.${request.status}`,
    status: request.status,
    message: said?.detail ?? request.statusText,
  });
}

function asJson(text: string): { code?: string; detail?: string } | null {
  try {
    return JSON.parse(text) as { code?: string; detail?: string };
  } catch {
    return null;
  }
}
