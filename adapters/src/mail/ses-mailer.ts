import { SESClient, SESServiceException, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { type Mail, Mailer, MailRefused, MailUnavailable } from '@verbatim/domain';
import { composeMail } from './compose-mail.ts';
import type { Sender } from './mail-settings.ts';

/** Sends through Amazon SES (v1, which the free emulators know too). Region, endpoint and credentials: the SDK's variables. */
export class SesMailer extends Mailer {
  readonly #ses: SESClient;
  readonly #sender: Sender;

  constructor(sender: Sender) {
    super();
    this.#sender = sender;
    this.#ses = new SESClient({
      // The SDK would repeat a call whose answer got lost, and so a mail. Repeating is the reconciler's, which remembers.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    });
  }

  override async send(mail: Mail): Promise<void> {
    const { raw, envelope } = await composeMail(mail, this.#sender);
    try {
      await this.#ses.send(
        new SendRawEmailCommand({
          Source: envelope.from,
          Destinations: envelope.to,
          RawMessage: { Data: raw },
        }),
      );
    } catch (error) {
      throw ourErrorFor(error, mail);
    }
  }

  close(): void {
    this.#ses.destroy();
  }
}

/**
 * SES refuses an address or a text for good with one of two names; everything else (limits, pauses, an outage, credentials)
 * passes or gets mended. So does a sender that is not verified yet, which it reports under the same name. Its sentences
 * quote addresses, so only the name is kept.
 */
function ourErrorFor(error: unknown, mail: Mail): MailRefused | MailUnavailable {
  const name = error instanceof Error ? error.name : 'unknown';
  const refused =
    error instanceof SESServiceException &&
    (name === 'MessageRejected' || name === 'InvalidParameterValue') &&
    !/not verified/i.test(error.message);
  return refused
    ? new MailRefused(`SES refused mail ${mail.id} (${name})`)
    : new MailUnavailable(`SES did not take mail ${mail.id} (${name})`);
}
