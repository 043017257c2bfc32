import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Mail, MailRefused, MailUnavailable } from '@verbatim/domain';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerError, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { SmtpMailer } from './smtp-mailer.ts';

const sender = { name: 'Verbatim', address: 'no-reply@verbatim.example' };
const mail: Mail = {
  id: 'job_1.r1.failed.mail',
  to: 'ana@example.com',
  subject: 'Transcription failed: café.mp3',
  text: 'Hello\n.\nbye',
  html: '<p>Hello</p>',
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  from: string;
  to: string[];
  raw: Buffer;
}

async function smtpServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        received.push({ from, to: rcptTo.map((one) => one.address), raw: Buffer.concat(pieces) });
        done();
      });
    },
    ...options,
  });
  const port = await listen(server.server as Server, () => server.listen(0, '127.0.0.1'));
  cleanups.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { received, port, connections: () => connections };
}

function listen(server: Server, start: () => void): Promise<number> {
  return new Promise((resolve) => {
    server.once('listening', () => resolve((server.address() as { port: number }).port));
    start();
  });
}

function destroy(sockets: Socket[]): void {
  for (const socket of sockets) socket.destroy();
}

function mailerFor(port: number, deadlineMs = 5_000): SmtpMailer {
  const mailer = new SmtpMailer(`smtp://127.0.0.1:${port}`, sender, { deadlineMs });
  cleanups.push(() => mailer.close());
  return mailer;
}

function answer(responseCode: number, text: string): SMTPServerError {
  return Object.assign(new Error(text), { responseCode });
}

describe('SmtpMailer', () => {
  it('hands the mail to the server, whole and from the right sender', async () => {
    const server = await smtpServer();
    await mailerFor(server.port).send(mail);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ from: 'no-reply@verbatim.example', to: ['ana@example.com'] });
    const message = await PostalMime.parse(server.received[0]?.raw ?? '');
    expect(message).toMatchObject({
      subject: mail.subject,
      messageId: '<job_1.r1.failed.mail@verbatim.example>',
    });
    expect(message.text?.trimEnd()).toBe(mail.text);
  });

  it('keeps its connection for the next mail', async () => {
    const server = await smtpServer();
    const mailer = mailerFor(server.port);
    await mailer.send(mail);
    await mailer.send({ ...mail, id: 'second' });
    expect(server.received).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  it.each([550, 553, 501])('is refused by a %i to the recipient', async (code) => {
    const server = await smtpServer({ onRcptTo: (_to, _session, done) => done(answer(code, 'no ana here')) });
    const sending = mailerFor(server.port).send(mail);
    await expect(sending).rejects.toThrow(MailRefused);
    await expect(sending).rejects.not.toThrow(/ana/);
  });

  it('is refused by a 554 to the text', async () => {
    const server = await smtpServer({
      onData(stream, _session, done) {
        stream.resume().on('end', () => done(answer(554, 'looks like spam')));
      },
    });
    await expect(mailerFor(server.port).send(mail)).rejects.toThrow(MailRefused);
  });

  it.each([421, 450, 451, 452])('is unavailable after a %i to the recipient', async (code) => {
    const server = await smtpServer({
      onRcptTo: (_to, _session, done) => done(answer(code, 'later, ana@example.com')),
    });
    const sending = mailerFor(server.port).send(mail);
    await expect(sending).rejects.toThrow(MailUnavailable);
    await expect(sending).rejects.not.toThrow(/ana/);
  });

  it('is unavailable, not refused, when the server turns down the sender: a setting, not this mail', async () => {
    const server = await smtpServer({ onMailFrom: (_from, _session, done) => done(answer(550, 'who?')) });
    await expect(mailerFor(server.port).send(mail)).rejects.toThrow(MailUnavailable);
  });

  it('is unavailable when nobody listens', async () => {
    const server = await smtpServer();
    await cleanups.pop()?.();
    await expect(mailerFor(server.port).send(mail)).rejects.toThrow(MailUnavailable);
  });

  it('is unavailable when the server accepts the connection and then says nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    const port = await listen(silent, () => silent.listen(0, '127.0.0.1'));
    cleanups.push(
      () => silent.close(),
      () => destroy(sockets),
    );
    await expect(mailerFor(port, 150).send(mail)).rejects.toThrow(MailUnavailable);
  });

  it('hands a mail over once, even if the connection breaks before the answer', async () => {
    let handedOver = 0;
    const sockets: Socket[] = [];
    const server = await smtpServer({
      onData(stream) {
        handedOver += 1;
        stream.resume().on('end', () => destroy(sockets));
      },
    });
    const between = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1');
      sockets.push(client, upstream);
      for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
      client.pipe(upstream).pipe(client);
    });
    const port = await listen(between, () => between.listen(0, '127.0.0.1'));
    cleanups.push(
      () => between.close(),
      () => destroy(sockets),
    );
    await expect(mailerFor(port).send(mail)).rejects.toThrow(MailUnavailable);
    expect(handedOver).toBe(1);
  });

  it('sends no password over a connection without TLS', async () => {
    const passwords: unknown[] = [];
    const server = await smtpServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth(auth, _session, done) {
        passwords.push(auth.password);
        done(null, { user: 'ana' });
      },
    });
    const withPassword = (query: string) => {
      const mailer = new SmtpMailer(`smtp://ana:secret@127.0.0.1:${server.port}${query}`, sender);
      cleanups.push(() => mailer.close());
      return mailer;
    };
    await expect(withPassword('').send(mail)).rejects.toThrow(MailUnavailable);
    expect(passwords).toEqual([]);
    await withPassword('?requireTLS=false').send(mail);
    expect(passwords).toEqual(['secret']);
    expect(server.received).toHaveLength(1);
  });
});
