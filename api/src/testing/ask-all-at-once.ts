import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Asked {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/**
 * The same request so many times at once. Over 200 connections, since a listening socket holds only so many that were not
 * accepted yet.
 */
export async function askAllAtOnce(url: string, count: number, asked: Asked) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  try {
    return await Promise.all(Array.from({ length: count }, () => ask(url, asked, agent)));
  } finally {
    agent.destroy();
  }
}

function ask(url: string, { method, headers, body }: Asked, agent: Agent) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asking = request(url, { method, headers, agent }, (answer) => {
      text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, body: said }), reject);
    });
    asking.on('error', reject).end(body);
  });
}
