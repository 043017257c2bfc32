import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailRefused, MailUnavailable } from '../../errors.ts';
import type { Mail, Mailer } from '../../ports/mailer.ts';

export interface MailerUnderTest {
  mailer: Mailer;
  /** What its recipients have, as a mail program reads it. */
  received(): Promise<Mail[]>;
  /** Whether the server, or the folder, takes mail from now on. */
  takesMail(takes: boolean): void | Promise<void>;
  close(): Promise<void>;
}

const mail: Mail = {
  id: 'job_1.r1.completed.mail',
  to: 'ana+tag@sub.example.com',
  subject: 'Transcript ready: reunión número 1 📼.mp3',
  // A line of one dot ends a mail in SMTP.
  text: `Hola,\n\n${'una línea larga '.repeat(20)}\n.\nfin`,
  html: '<p>Hola, <b>señora</b> &amp; compañía</p>',
};

export function mailerContract(name: string, open: () => Promise<MailerUnderTest>): void {
  describe(`Mailer contract: ${name}`, () => {
    let subject: MailerUnderTest;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject?.close());
    const send = (changed: Partial<Mail> = {}) => subject.mailer.send({ ...mail, ...changed });

    it('hands a mail over as it is: recipient, subject, text and HTML', async () => {
      await send();
      expect(await subject.received()).toEqual([mail]);
    });

    it('gives each mail its own id, and one that is sent again the same', async () => {
      for (const id of [mail.id, 'job_2.r1.failed.mail', mail.id]) await send({ id });
      const ids = (await subject.received()).map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set([mail.id, 'job_2.r1.failed.mail']));
    });

    it.each([
      'ana@example.com\r\nBcc: thief@example.com',
      'ana@example.com, thief@example.com',
      'Ana <ana@example.com>',
      'a@example.com\u0000',
      'nobody',
      '',
    ])('refuses %j as an address for good, and hands nothing over', async (to) => {
      await expect(send({ to })).rejects.toThrow(MailRefused);
      expect(await subject.received()).toEqual([]);
    });

    it('is unavailable while nobody takes mail, does not say to whom, and hands it over afterwards', async () => {
      await subject.takesMail(false);
      const sending = send();
      await expect(sending).rejects.toThrow(MailUnavailable);
      await expect(sending).rejects.not.toThrow(/ana/);
      expect(await subject.received()).toEqual([]);
      await subject.takesMail(true);
      await send();
      expect(await subject.received()).toEqual([mail]);
    });
  });
}
