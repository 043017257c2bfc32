import { isMailAddress, type Mail, MailRefused } from '@verbatim/domain';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Sender } from './mail-settings.ts';

export interface ComposedMail {
  /** The whole message as RFC 5322 wants it, lines ended by CRLF. */
  raw: Buffer;
  envelope: { from: string; to: string[] };
}

/**
 * The bytes of a mail, the same for every transport: text and HTML beside each other, and a Message-ID made from
 * `mail.id`, so that a mail sent twice is seen to be the same. @throws MailRefused when `to` is no address
 */
export async function composeMail(mail: Mail, sender: Sender): Promise<ComposedMail> {
  if (!/^[A-Za-z0-9._-]+$/.test(mail.id))
    throw new Error('the id of a mail has a character that names nothing');
  if (!isMailAddress(mail.to)) throw new MailRefused(`mail ${mail.id} has no valid address to go to`);

  const message = new MailComposer({
    from: sender,
    to: { name: '', address: mail.to },
    subject: oneLine(mail.subject),
    messageId: `<${mail.id}@${hostOf(sender)}>`,
    text: mail.text,
    html: mail.html,
    // Keeps out-of-office answers away (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { raw: await message.compile().build(), envelope: { from: sender.address, to: [mail.to] } };
}

/** A subject carries a file name that a stranger chose: no line break may start a header of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function hostOf(sender: Sender): string {
  return sender.address.slice(sender.address.lastIndexOf('@') + 1);
}
