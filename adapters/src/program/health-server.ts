import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthQuestions {
  /** Throws, or resolves to details, when the program can do its work. */
  ready(): Promise<Record<string, unknown>>;
  metrics: Registry;
}

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** `/health/live`, `/health/ready` and `/metrics` of a program that serves nothing else. Port 0 takes any free one. */
export async function serveHealth(
  address: { host: string; port: number },
  questions: HealthQuestions,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request.url?.split('?')[0], response, questions).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string | undefined, response: ServerResponse, questions: HealthQuestions) {
  if (path === '/health/live') return json(response, 200, { status: 'ok' });
  if (path === '/health/ready') return answerReady(response, questions);
  if (path !== '/metrics') {
    return json(response, 404, { status: 404, code: 'route.not_found', title: 'Not Found' });
  }
  response.setHeader('content-type', questions.metrics.contentType);
  response.end(await questions.metrics.metrics());
}

async function answerReady(response: ServerResponse, questions: HealthQuestions): Promise<void> {
  try {
    json(response, 200, { status: 'ok', details: await questions.ready() });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'internal.unexpected';
    json(response, 503, { status: 'error', code });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
