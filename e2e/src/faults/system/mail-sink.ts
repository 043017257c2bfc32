import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  /** Of the Message-ID, without its host: by this a reader knows that two mails are one. */
  id: string;
  at: number;
}

/** A mail server that takes everything and remembers what it took, each time it was sent. */
export class MailSink {
  readonly received: ReceivedMail[] = [];
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onData: (stream, _session, done) => {
        let head = '';
        stream.setEncoding('utf8').on('data', (piece: string) => {
          head = (head + piece).slice(0, 4_096);
        });
        stream.once('end', () => {
          this.received.push({ id: /^Message-ID:\s+<([^@>]+)@/im.exec(head)?.[1] ?? 'none', at: Date.now() });
          done();
        });
      },
    });
    // Programs that are killed leave broken connections.
    this.#server.on('error', () => {});
  }

  static async listen(): Promise<MailSink> {
    const sink = new MailSink();
    sink.#server.listen(0, '127.0.0.1');
    await once(sink.#server.server, 'listening');
    return sink;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
