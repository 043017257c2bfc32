import { downloadLinkMs, signDownloadLink } from '@verbatim/adapters';
import { type Clock, type JobRecord, type Mailer, newestTextKeyOf, type ObjectStore } from '@verbatim/domain';
import type { Channel } from '../channel.ts';
import { jobMail } from './job-mail.ts';
import { readPreview } from './read-preview.ts';

export interface MailChannelPorts {
  mailer: Mailer;
  objects: ObjectStore;
  clock: Clock;
  /** The base of the links in mails, without a slash at its end. */
  publicUrl: string;
  linkSecret: string;
}

/** Tells a job's user by mail. */
export class MailChannel implements Channel {
  readonly name = 'mail';
  readonly #ports: MailChannelPorts;

  constructor(ports: MailChannelPorts) {
    this.#ports = ports;
  }

  wanted(job: JobRecord): boolean {
    return job.notifyTo !== null && (job.status === 'COMPLETED' || job.status === 'FAILED');
  }

  async deliver(job: JobRecord, deliveryId: string): Promise<void> {
    if (job.notifyTo === null) return;
    const textKey = newestTextKeyOf(job);
    const preview = textKey && (await readPreview(textKey, this.#ports.objects));
    const content = jobMail(job, { link: this.#linkTo(job), preview });
    await this.#ports.mailer.send({ id: deliveryId, to: job.notifyTo, ...content });
  }

  #linkTo(job: JobRecord): { url: string; until: number } {
    const { publicUrl, linkSecret, clock } = this.#ports;
    const until = clock.now() + downloadLinkMs;
    const token = signDownloadLink({ jobId: job.jobId, run: job.run, expiresAt: until }, linkSecret);
    return { url: `${publicUrl}/d/${token}`, until };
  }
}
