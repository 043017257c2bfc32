import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BadSettings, readSettings } from '../program/read-settings.ts';
import { MailSettings, parseSender } from './mail-settings.ts';
import { openMailer } from './open-mailer.ts';
import { OutboxMailer } from './outbox-mailer.ts';
import { SesMailer } from './ses-mailer.ts';
import { SmtpMailer } from './smtp-mailer.ts';

const folder = mkdtempSync(join(tmpdir(), 'verbatim-mailer-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function opened(env: Record<string, string>) {
  const mailer = await openMailer({ ...readSettings(MailSettings, env), DATA_DIR: folder });
  mailer.close();
  return mailer;
}

describe('openMailer', () => {
  it('takes the transport that the settings name, and the outbox when they name none', async () => {
    expect(await opened({})).toBeInstanceOf(OutboxMailer);
    expect(await opened({ MAIL_TRANSPORT: 'ses' })).toBeInstanceOf(SesMailer);
    const smtp = { MAIL_TRANSPORT: 'smtp', SMTP_URL: 'smtp://mail.example:25' };
    expect(await opened(smtp)).toBeInstanceOf(SmtpMailer);
  });

  it.each([
    { MAIL_TRANSPORT: 'pigeon' },
    { MAIL_TRANSPORT: 'smtp' },
    { SMTP_URL: 'http://mail.example' },
    { MAIL_FROM: 'Verbatim' },
    { MAIL_FROM: 'a@example.com, b@example.com' },
    { MAIL_FROM: 'Verbatim <a@example.com>\r\nBcc: <thief@example.com>' },
  ] as Record<string, string>[])('does not start with %j', async (env) => {
    await expect(opened(env)).rejects.toThrow(BadSettings);
  });

  it('does not start with an outbox that can not be written, instead of trying each mail for ever', async () => {
    const DATA_DIR = join(folder, 'file');
    writeFileSync(DATA_DIR, '');
    await expect(openMailer({ ...readSettings(MailSettings, {}), DATA_DIR })).rejects.toThrow(
      /MAIL_TRANSPORT: .*file\/outbox, which can't be written \(ENOTDIR\)/,
    );
  });
});

describe('parseSender', () => {
  it('reads an address with and without a name', () => {
    expect(parseSender('"Verbatim, Inc." <no-reply@example.com>')).toEqual({
      name: 'Verbatim, Inc.',
      address: 'no-reply@example.com',
    });
    expect(parseSender('no-reply@example.com')).toEqual({ name: '', address: 'no-reply@example.com' });
  });
});
