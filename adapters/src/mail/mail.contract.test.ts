import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Mail } from '@verbatim/domain';
import { mailerContract } from '@verbatim/domain/testing';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { vi } from 'vitest';
import { testFolder } from '../local/testing/test-folder.ts';
import { OutboxMailer } from './outbox-mailer.ts';
import { SesMailer } from './ses-mailer.ts';
import { SmtpMailer } from './smtp-mailer.ts';

const sender = { name: 'Verbatim', address: 'no-reply@verbatim.example' };

/** As a mail program shows it, to whoever it was handed over for. */
async function asRead(raw: Buffer, envelopeTo?: string): Promise<Mail> {
  const { messageId = '', to, subject = '', text = '', html = '' } = await PostalMime.parse(raw);
  return {
    id: messageId.slice(1, messageId.lastIndexOf('@')),
    to: envelopeTo ?? to?.map(({ address }) => address).join() ?? '',
    subject,
    text: text.trimEnd(),
    html: html.trimEnd(),
  };
}

mailerContract('a folder', async () => {
  const folder = await testFolder();
  const outbox = join(folder.path, 'outbox');
  return {
    mailer: new OutboxMailer(outbox, sender),
    received: async () => {
      // No folder, or a file in its place.
      const names = await readdir(outbox).catch(() => []);
      return Promise.all(names.map(async (name) => asRead(await readFile(join(outbox, name)))));
    },
    takesMail: async (takes) => {
      if (takes) await rm(outbox);
      else await writeFile(outbox, 'a file where the folder should be');
    },
    close: async () => {
      await folder[Symbol.asyncDispose]();
    },
  };
});

/** Behind a server of mails: what it has taken, and whether it takes any now. */
class Mailbox {
  takes = true;
  readonly mails: Promise<Mail>[] = [];

  of(mailer: SmtpMailer | SesMailer, closeServer: () => Promise<unknown>) {
    return {
      mailer,
      received: () => Promise.all(this.mails),
      takesMail: (takes: boolean) => {
        this.takes = takes;
      },
      close: async () => {
        mailer.close();
        await closeServer();
      },
    };
  }
}

mailerContract('SMTP', async () => {
  const box = new Mailbox();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onMailFrom: (_from, _session, done) =>
      done(box.takes ? null : Object.assign(new Error('not now'), { responseCode: 421 })),
    onData: (stream, { envelope }, done) => {
      const to = envelope.rcptTo.map(({ address }) => address).join();
      box.mails.push(buffer(stream).then((raw) => asRead(raw, to)));
      stream.once('end', () => done());
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = (server.server as Server).address() as AddressInfo;
  return box.of(
    new SmtpMailer(`smtp://127.0.0.1:${port}`, sender),
    () => new Promise<void>((resolve) => server.close(() => resolve())),
  );
});

/** As much of SES as answers one call. */
mailerContract('SES', async () => {
  const box = new Mailbox();
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const form = new URLSearchParams(body.toString());
      if (box.takes) {
        const raw = Buffer.from(form.get('RawMessage.Data') ?? '', 'base64');
        box.mails.push(asRead(raw, form.get('Destinations.member.1') ?? ''));
      }
      response
        .writeHead(box.takes ? 200 : 503, { 'content-type': 'text/xml' })
        .end(box.takes ? sent : unavailable);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return box.of(new SesMailer(sender), () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
});

const xmlns = 'xmlns="http://ses.amazonaws.com/doc/2010-12-01/"';
const sent = `<SendRawEmailResponse ${xmlns}><SendRawEmailResult><MessageId>0000-1</MessageId></SendRawEmailResult></SendRawEmailResponse>`;
const unavailable = `<ErrorResponse ${xmlns}><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>try later</Message></Error></ErrorResponse>`;
