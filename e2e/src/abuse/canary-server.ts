import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Listens where hostile files point at. Whoever comes was fooled by one. */
export class CanaryServer implements AsyncDisposable {
  readonly #server: Server;
  #visits = 0;

  private constructor() {
    this.#server = createServer((socket) => {
      this.#visits += 1;
      socket.on('error', () => {});
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
    });
  }

  static async start(): Promise<CanaryServer> {
    const canary = new CanaryServer();
    canary.#server.listen(0, '127.0.0.1');
    await once(canary.#server, 'listening');
    return canary;
  }

  /** `127.0.0.1:4711` */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get visits(): number {
    return this.#visits;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
  }
}
