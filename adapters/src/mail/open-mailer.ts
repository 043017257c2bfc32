import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mailer } from '@verbatim/domain';
import { dataFolder } from '../local/data-folder.ts';
import { makeFolder } from '../local/durable-files.ts';
import { BadSettings } from '../program/read-settings.ts';
import { type MailSettings, parseSender } from './mail-settings.ts';
import { OutboxMailer } from './outbox-mailer.ts';

export interface OpenMailer extends Mailer {
  /** Ends idle connections. */
  close(): void;
}

/** The only place that knows which ways there are to send mail. @throws BadSettings */
export async function openMailer(settings: MailSettings & { DATA_DIR: string }): Promise<OpenMailer> {
  const sender = parseSender(settings.MAIL_FROM);
  if (!sender) throw new BadSettings(['MAIL_FROM: has to be one address, or `Name <address>`']);
  switch (settings.MAIL_TRANSPORT) {
    case 'outbox':
      return new OutboxMailer(await outboxFolder(settings.DATA_DIR), sender);
    case 'smtp':
      if (!settings.SMTP_URL) throw new BadSettings(['SMTP_URL: is needed with MAIL_TRANSPORT=smtp']);
      return new (await import('./smtp-mailer.ts')).SmtpMailer(settings.SMTP_URL, sender);
    case 'ses':
      return new (await import('./ses-mailer.ts')).SesMailer(sender);
  }
}

/** A container without a volume has no such folder: to say so at once beats a mail that is tried for ever. */
async function outboxFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, dataFolder.outbox);
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadSettings([
      `MAIL_TRANSPORT: outbox puts mails into ${folder}, which can't be written (${code}); smtp and ses need no folder`,
    ]);
  }
}
