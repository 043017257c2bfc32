import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Queues are set by name; SQS wants their URLs. Asked for once, when first needed. */
export class SqsQueueUrls {
  readonly #sqs: SQSClient;
  readonly #urls = new Map<string, Promise<string>>();

  constructor(sqs: SQSClient) {
    this.#sqs = sqs;
  }

  of(queueName: string): Promise<string> {
    const known = this.#urls.get(queueName);
    if (known) return known;
    const url = this.#ask(queueName);
    this.#urls.set(queueName, url);
    url.catch(() => this.forget(queueName));
    return url;
  }

  /** After a failure the queue may have been made anew, elsewhere. */
  forget(queueName: string): void {
    this.#urls.delete(queueName);
  }

  async #ask(QueueName: string): Promise<string> {
    const { QueueUrl } = await this.#sqs.send(new GetQueueUrlCommand({ QueueName }));
    if (!QueueUrl) throw new Error(`no URL for the queue ${QueueName}`);
    return QueueUrl;
  }
}
