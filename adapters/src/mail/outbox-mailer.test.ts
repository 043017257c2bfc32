import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mail } from '@verbatim/domain';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutboxMailer } from './outbox-mailer.ts';

const sender = { name: 'Verbatim', address: 'no-reply@verbatim.example' };
const mail: Mail = {
  id: 'job_1.r1.completed.mail',
  to: 'ana@example.com',
  subject: 'Transcript ready: reunión número 1 📼.mp3',
  text: `Hola,\n\n${'una línea larga '.repeat(20)}\n.\nfin`,
  html: '<p>Hola, <b>señora</b> &amp; compañía</p>',
};

describe('OutboxMailer', () => {
  let folder: string;
  let mailer: OutboxMailer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-outbox-'));
    mailer = new OutboxMailer(join(folder, 'outbox'), sender);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = () => readdir(join(folder, 'outbox'));
  const read = async (id = mail.id) => readFile(join(folder, 'outbox', `${id}.eml`));

  it('writes a message that a mail program reads back unchanged', async () => {
    await mailer.send(mail);
    const message = await PostalMime.parse(await read());
    expect(message.from).toMatchObject({ name: 'Verbatim', address: 'no-reply@verbatim.example' });
    expect(message.to).toMatchObject([{ address: 'ana@example.com' }]);
    expect(message.subject).toBe(mail.subject);
    expect(message.text?.trimEnd()).toBe(mail.text);
    expect(message.html?.trimEnd()).toBe(mail.html);
    expect(message.messageId).toBe('<job_1.r1.completed.mail@verbatim.example>');
    expect(Number.isNaN(Date.parse(message.date ?? ''))).toBe(false);
  });

  it('offers text first and HTML as the better alternative, in lines that every server passes on', async () => {
    await mailer.send(mail);
    const raw = (await read()).toString('latin1');
    expect(raw).toMatch(/content-type: multipart\/alternative/i);
    expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'));
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(999);
  });

  it('keeps one file of a mail that was sent twice, and no unfinished ones', async () => {
    await Promise.all([mailer.send(mail), mailer.send(mail)]);
    await mailer.send(mail);
    expect(await files()).toEqual([`${mail.id}.eml`]);
  });

  it('lets no subject start a header of its own', async () => {
    const subject = 'a\r\nBcc: thief@example.com\r\n\r\n<script>\u2028X-Evil: 1\u0000';
    await mailer.send({ ...mail, subject });
    const message = await PostalMime.parse(await read());
    expect(message.headers.map((header) => header.key)).not.toContain('bcc');
    expect(message.headers.map((header) => header.key)).not.toContain('x-evil');
    expect(message.to).toHaveLength(1);
    expect(message.subject).toBe('a Bcc: thief@example.com <script> X-Evil: 1');
    expect(message.text?.trimEnd()).toBe(mail.text);
  });

  it.each(['../escape', 'a/b', '', 'a\nb'])('takes no mail with the id %j', async (id) => {
    await expect(mailer.send({ ...mail, id })).rejects.toThrow(/id of a mail/);
    expect(await readdir(folder)).toEqual([]);
  });
});
