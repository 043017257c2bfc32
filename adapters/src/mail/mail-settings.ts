import { isMailAddress } from '@verbatim/domain';
import addressparser from 'nodemailer/lib/addressparser';
import { z } from 'zod';

/** How mail leaves. SES itself is reached through the AWS SDK's own variables (AWS_REGION, AWS_ENDPOINT_URL_SES, ...). */
export const MailSettings = z.object({
  /** `outbox`: .eml files under DATA_DIR/outbox, nothing is sent. `smtp`: SMTP_URL. `ses`: Amazon SES. */
  MAIL_TRANSPORT: z.enum(['outbox', 'smtp', 'ses']).default('outbox'),
  /** The sender, `Name <address>` or an address. Its host becomes part of every Message-ID. */
  MAIL_FROM: z
    .string()
    .default('Verbatim <verbatim@localhost>')
    .refine((from) => parseSender(from) !== null, 'has to be one address, or `Name <address>`'),
  /**
   * `smtp://user:password@host:587`, or `smtps://` for TLS from the start. With a password STARTTLS is demanded, unless
   * the address says `?requireTLS=false`.
   */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
});
export type MailSettings = z.infer<typeof MailSettings>;

export interface Sender {
  name: string;
  address: string;
}

export function parseSender(from: string): Sender | null {
  if (/\p{Cc}/u.test(from)) return null;
  const [sender, ...others] = addressparser(from, { flatten: true });
  if (!sender || others.length > 0 || !isMailAddress(sender.address)) return null;
  return { name: sender.name, address: sender.address };
}
