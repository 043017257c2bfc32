import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Mail, Mailer, MailUnavailable } from '@verbatim/domain';
import { makeFolder, syncFolder } from '../local/durable-files.ts';
import { composeMail } from './compose-mail.ts';
import type { Sender } from './mail-settings.ts';

/**
 * Puts mail into a folder instead of sending it: one `{mail.id}.eml` a mail, for any mail program to open. The same mail
 * sent twice is one file, and a file is there whole or not at all.
 */
export class OutboxMailer extends Mailer {
  readonly #folder: string;
  readonly #sender: Sender;

  constructor(folder: string, sender: Sender) {
    super();
    this.#folder = folder;
    this.#sender = sender;
  }

  override async send(mail: Mail): Promise<void> {
    const { raw } = await composeMail(mail, this.#sender);
    try {
      await makeFolder(this.#folder);
      await writeWhole(join(this.#folder, `${mail.id}.eml`), raw);
    } catch (error) {
      throw new MailUnavailable(`mail ${mail.id} could not be written to the outbox`, { cause: error });
    }
  }

  close(): void {}
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    await using file = await open(unfinished, 'wx', 0o600);
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}
