import { type Mail, Mailer } from '../../ports/mailer.ts';

export class InMemoryMailer extends Mailer {
  readonly sent: Mail[] = [];
  /** Thrown by the next sends until it is null again: a MailRefused, a MailUnavailable. */
  fault: Error | null = null;

  async send(mail: Mail): Promise<void> {
    if (this.fault) throw this.fault;
    this.sent.push({ ...mail });
  }
}
