import { MailRefused } from '../../errors.ts';
import { isMailAddress, type Mail, Mailer } from '../../ports/mailer.ts';

export class InMemoryMailer extends Mailer {
  readonly sent: Mail[] = [];
  /** Thrown by the next sends until it is null again: a MailRefused, a MailUnavailable. */
  fault: Error | null = null;

  async send(mail: Mail): Promise<void> {
    if (this.fault) throw this.fault;
    if (!isMailAddress(mail.to)) throw new MailRefused(`mail ${mail.id} has no valid address to go to`);
    this.sent.push({ ...mail });
  }
}
