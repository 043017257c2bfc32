export interface Mail {
  /** Becomes the Message-ID and, in the outbox, the file's name: the same mail sent twice is recognised. `[A-Za-z0-9._-]+` */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** One plain address: nothing that could end a header, start another address or hide a second one. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{Cc}<>()[\],;:"\\@]+@[^\s\p{Cc}<>()[\],;:"\\@]+$/u.test(text);
}

/** Adapters: SES, SMTP, a folder of .eml files, in memory. */
export abstract class Mailer {
  /** @throws MailRefused when trying again is no use, as when `to` is no address; MailUnavailable otherwise */
  abstract send(mail: Mail): Promise<void>;
}
