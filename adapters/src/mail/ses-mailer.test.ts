import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Mail, MailRefused, MailUnavailable } from '@verbatim/domain';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SesMailer } from './ses-mailer.ts';

const sender = { name: 'Verbatim', address: 'no-reply@verbatim.example' };
const mail: Mail = {
  id: 'job_1.r1.completed.mail',
  to: 'ana@example.com',
  subject: 'Transcript ready: café.mp3',
  text: 'Hello',
  html: '<p>Hello</p>',
};

const sent =
  '<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult>' +
  '<MessageId>0000-1</MessageId></SendRawEmailResult></SendRawEmailResponse>';

function refusal(code: string, message: string): string {
  return (
    '<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type>' +
    `<Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`
  );
}

/** As much of SES as answers one call, on loopback. */
describe('SesMailer', () => {
  let calls: { authorization: string; form: URLSearchParams }[];
  let reply: { status: number; body: string };
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      calls.push({ authorization: request.headers.authorization ?? '', form: new URLSearchParams(body) });
      response.writeHead(reply.status, { 'content-type': 'text/xml' }).end(reply.body);
    });
  });
  let mailer: SesMailer;

  beforeEach(async () => {
    calls = [];
    reply = { status: 200, body: sent };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    mailer = new SesMailer(sender);
  });
  afterEach(async () => {
    mailer.close();
    vi.unstubAllEnvs();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends the whole message to its one recipient', async () => {
    await mailer.send(mail);
    expect(calls).toHaveLength(1);
    const { form, authorization } = calls[0] ?? { form: new URLSearchParams(), authorization: '' };
    expect(authorization).toMatch(/\/eu-west-1\/ses\/aws4_request/);
    expect(form.get('Action')).toBe('SendRawEmail');
    expect(form.get('Version')).toBe('2010-12-01');
    expect(form.get('Source')).toBe('no-reply@verbatim.example');
    expect([...form.keys()].filter((key) => key.startsWith('Destinations'))).toEqual([
      'Destinations.member.1',
    ]);
    expect(form.get('Destinations.member.1')).toBe('ana@example.com');
    const message = await PostalMime.parse(Buffer.from(form.get('RawMessage.Data') ?? '', 'base64'));
    expect(message).toMatchObject({
      subject: mail.subject,
      messageId: '<job_1.r1.completed.mail@verbatim.example>',
    });
  });

  it.each([
    ['MessageRejected', 'Email contains a virus'],
    ['InvalidParameterValue', 'Domain contains illegal character: ana@example.com'],
  ])('is refused for good by %s', async (code, message) => {
    reply = { status: 400, body: refusal(code, message) };
    const sending = mailer.send(mail);
    await expect(sending).rejects.toThrow(MailRefused);
    await expect(sending).rejects.not.toThrow(/ana/);
  });

  it.each([
    [400, 'MessageRejected', 'Email address is not verified. The following identities failed: no-reply'],
    [400, 'Throttling', 'Maximum sending rate exceeded.'],
    [400, 'AccountSendingPausedException', 'Email sending is disabled'],
    [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'],
    [503, 'ServiceUnavailable', 'try later'],
  ])('is unavailable after %i %s, and asks only once', async (status, code, message) => {
    reply = { status, body: refusal(code, message) };
    await expect(mailer.send(mail)).rejects.toThrow(MailUnavailable);
    expect(calls).toHaveLength(1);
  });

  it('is unavailable when nothing answers', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(mailer.send(mail)).rejects.toThrow(MailUnavailable);
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
