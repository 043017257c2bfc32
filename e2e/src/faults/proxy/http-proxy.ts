import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Target } from './tcp-proxy.ts';

/** What of a request is needed to choose a fault for it. */
export interface Asked {
  method: string;
  path: string;
  /** `DynamoDB_20120810.UpdateItem`, `AmazonSQS.DeleteMessage`; empty for S3. */
  operation: string;
}

export type HttpFault =
  | { answer: number; headers?: Record<string, string>; body: string }
  /** Done by the server, but the answer never comes. */
  | 'lose-answer'
  /** Half of the answer's body, then the connection ends. */
  | 'truncate';

/** Speaks HTTP, so that a fault can be one of the protocol: a throttled write, half an object, a lost answer. */
export class HttpProxy {
  /** Asked for every request; null lets it through. */
  fault: (asked: Asked) => HttpFault | null = () => null;
  /**
   * Gets the answers that nobody waited for: their clients had closed the connection. Without it such requests are broken
   * off.
   */
  abandoned: ((asked: Asked, answer: string) => void) | null = null;
  readonly #server: Server;
  readonly #target: Target;

  private constructor(server: Server, target: Target) {
    this.#server = server;
    this.#target = target;
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#pass(request, response),
    );
  }

  static async listen(target: Target): Promise<HttpProxy> {
    const server = createServer({ requestTimeout: 0 });
    const proxy = new HttpProxy(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get target(): Target {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      operation: String(request.headers['x-amz-target'] ?? ''),
    };
    const fault = this.fault(asked);
    if (fault && typeof fault === 'object') {
      request.resume().once('end', () => response.writeHead(fault.answer, fault.headers).end(fault.body));
      return;
    }
    const forwarded = httpRequest({
      ...this.#target,
      method: asked.method,
      path: asked.path,
      headers: request.headers,
      setHost: false,
    });
    forwarded.once('error', () => response.destroy());
    response.once('close', () => {
      if (!response.writableFinished && !this.abandoned) forwarded.destroy();
    });
    forwarded.once('response', (answer) => {
      if (response.destroyed && this.abandoned)
        text(answer).then(
          (body) => this.abandoned?.(asked, body),
          () => {},
        );
      else relay(answer, response, fault);
    });
    request.pipe(forwarded);
  }
}

function relay(
  answer: IncomingMessage,
  response: ServerResponse,
  fault: 'lose-answer' | 'truncate' | null,
): void {
  answer.once('error', () => response.destroy());
  if (fault === 'lose-answer') {
    answer.resume().once('end', () => response.destroy());
    return;
  }
  response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  if (fault !== 'truncate') {
    answer.pipe(response);
    return;
  }
  const half = Math.floor(Number(answer.headers['content-length'] ?? 0) / 2);
  let passed = 0;
  answer.on('data', (piece: Buffer) => {
    const room = half - passed;
    passed += piece.length;
    if (room <= 0) return;
    response.write(piece.subarray(0, room), () => {
      if (passed >= half) response.destroy();
    });
  });
  answer.once('end', () => response.destroy());
}
