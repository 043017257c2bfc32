import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import type { Random } from '../random.ts';

/** What is wrong with the line. Everything may be changed while connections are open; they feel it with their next bytes. */
export interface LineFaults {
  /** Added to every piece, in each direction; the jitter is added evenly from 0 on. */
  latencyMs: number;
  jitterMs: number;
  /** 0 to 1: connections that are reset when their first bytes come. */
  resetShare: number;
  /** Nobody is reached: connections are refused, and those that were open stay silent. */
  down: boolean;
}

const noFaults: LineFaults = {
  latencyMs: 0,
  jitterMs: 0,
  resetShare: 0,
  down: false,
};

export interface Target {
  host: string;
  port: number;
}

/** A line between the programs and something they need, whose faults are chosen. Speaks no protocol. */
export class TcpProxy {
  /** Where new connections lead. */
  target: Target;
  faults: LineFaults = { ...noFaults };
  readonly #server: Server;
  readonly #random: Random;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, target: Target, random: Random) {
    this.#server = server;
    this.target = target;
    this.#random = random;
    server.on('connection', (client) => this.#join(client));
  }

  static async listen(target: Target, random: Random): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new TcpProxy(server, target, random);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  mend(): void {
    this.faults = { ...noFaults };
  }

  /** Resets every connection that is open now. */
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  /** Nobody is reached from now on, until `mend`: what is under way is lost. */
  partition(): void {
    this.faults = { ...this.faults, down: true };
    this.cut();
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    this.#keep(client);
    if (this.faults.down) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.target, noDelay: true });
    this.#keep(server);
    const reset = this.#random.chance(this.faults.resetShare);
    client.once('data', () => {
      if (reset) client.resetAndDestroy();
    });
    client.pipe(this.#line()).pipe(server);
    server.pipe(this.#line()).pipe(client);
    client.once('close', () => server.destroy());
    // What came before the end still goes to the client.
    server.once('error', () => client.resetAndDestroy());
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    socket.on('error', () => {});
  }

  #line(): Transform {
    return new Transform({
      transform: (piece: Buffer, _encoding, pass) => {
        const { latencyMs, jitterMs, down } = this.faults;
        if (down) return;
        const delayMs = latencyMs + this.#random.fraction() * jitterMs;
        if (delayMs > 0) setTimeout(pass, delayMs, null, piece);
        else pass(null, piece);
      },
    });
  }
}
