export interface Mail {
  /** Becomes the Message-ID and, in the outbox, the file's name: the same mail sent twice is recognised. `[A-Za-z0-9._-]+` */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Adapters: SES, SMTP, a folder of .eml files, in memory. */
export abstract class Mailer {
  /** @throws MailRefused when trying again is no use; MailUnavailable otherwise */
  abstract send(mail: Mail): Promise<void>;
}
