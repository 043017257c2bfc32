import { type Mail, Mailer, MailRefused, MailUnavailable } from '@verbatim/domain';
import { createTransport, type Transporter } from 'nodemailer';
import { composeMail } from './compose-mail.ts';
import type { Sender } from './mail-settings.ts';

/**
 * Whoever claimed a delivery is thought dead after 60 s and the mail is sent again: an answer that takes longer than
 * this is worth nothing.
 */
const defaultDeadlineMs = 40_000;

/** Sends through one SMTP server, over connections that are kept for the next mail. */
export class SmtpMailer extends Mailer {
  readonly #transport: Transporter;
  readonly #sender: Sender;
  readonly #deadlineMs: number;

  constructor(url: string, sender: Sender, options: { deadlineMs?: number } = {}) {
    super();
    this.#sender = sender;
    this.#deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
    this.#transport = createTransport({
      pool: true,
      maxConnections: 4,
      // What the URL says wins.
      url,
      requireTLS: new URL(url).password !== '',
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      dnsTimeout: 10_000,
      socketTimeout: 30_000,
      // A connection that broke after the mail was handed over must not send it again behind our back.
      maxRequeues: 0,
    });
  }

  override async send(mail: Mail): Promise<void> {
    const { raw, envelope } = await composeMail(mail, this.#sender);
    try {
      await this.#transport.sendMail({ raw, envelope, signal: AbortSignal.timeout(this.#deadlineMs) });
    } catch (error) {
      throw ourErrorFor(error, mail);
    }
  }

  close(): void {
    this.#transport.close();
  }
}

interface SmtpAnswer {
  /** The command that was answered: 'RCPT TO', 'DATA', 'AUTH PLAIN', 'CONN', ... */
  command?: string;
  responseCode?: number;
}

/**
 * A lasting no (RFC 5321, section 4.2.1: 5yz) to this recipient or this text is the end of this mail. To anything else
 * (login, sender, connection) it is a fault of the installation, which somebody will mend. What servers say quotes
 * addresses, so only its number is kept.
 */
function ourErrorFor(error: unknown, mail: Mail): MailRefused | MailUnavailable {
  const { command, responseCode = 0 } = error as SmtpAnswer;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  const aboutThisMail = command === 'RCPT TO' || command === 'DATA';
  if (aboutThisMail && responseCode >= 500 && responseCode !== 503) {
    return new MailRefused(`the mail server refused mail ${mail.id} (${responseCode} to ${command})`);
  }
  return new MailUnavailable(
    `the mail server did not take mail ${mail.id} (${code}, ${responseCode || 'no answer'})`,
  );
}
