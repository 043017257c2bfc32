type Attribute = Record<string, unknown>;

const queues = ['verbatim-uploads', 'verbatim-transcription', 'verbatim-notification'];

/**
 * Reads what lies in an emulator of AWS, past the SDK and the adapters. Emulators check no signatures, so plain requests
 * do. Protocols: AWS JSON 1.0 of DynamoDB and SQS; ListObjectsV2 and GetObject of S3.
 */
export class EmulatorReader {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The bodies of all records. */
  async jobs(): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    let from: unknown;
    do {
      const page = (await this.#ask('dynamodb', 'DynamoDB_20120810.Scan', {
        TableName: 'verbatim-jobs',
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      })) as { Items?: Record<string, Attribute>[]; LastEvaluatedKey?: unknown };
      for (const item of page.Items ?? []) found.push(plainItem(item));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found;
  }

  async keys(bucket: 'audio' | 'transcripts'): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ 'list-type': '2', ...(token && { 'continuation-token': token }) });
      const xml = await (await this.#get(`/verbatim-${bucket}?${query.toString()}`)).text();
      keys.push(...[...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? ''));
      token = /<NextContinuationToken>([^<]*)</.exec(xml)?.[1];
    } while (token !== undefined);
    return keys;
  }

  async object(bucket: 'audio' | 'transcripts', key: string): Promise<string | null> {
    const answer = await this.#get(`/verbatim-${bucket}/${key}`);
    return answer.ok ? answer.text() : null;
  }

  async messageCount(): Promise<number> {
    let sum = 0;
    for (const queue of queues) {
      const { Attributes } = (await this.#ask('sqs', 'AmazonSQS.GetQueueAttributes', {
        QueueUrl: await this.#queueUrl(queue),
        AttributeNames: ['All'],
      })) as { Attributes: Record<string, string> };
      for (const name of ['', 'NotVisible', 'Delayed'])
        sum += Number(Attributes[`ApproximateNumberOfMessages${name}`] ?? 0);
    }
    return sum;
  }

  /** Takes them: at the end, when nobody else wants them any more. */
  async messages(): Promise<string[]> {
    const bodies: string[] = [];
    for (const queue of queues) {
      const QueueUrl = await this.#queueUrl(queue);
      for (;;) {
        const { Messages = [] } = (await this.#ask('sqs', 'AmazonSQS.ReceiveMessage', {
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 0, // else the queue's own 20 s, for each of them
        })) as { Messages?: { Body: string }[] };
        if (Messages.length === 0) break;
        bodies.push(...Messages.map(({ Body }) => Body));
      }
    }
    return bodies;
  }

  /** Lets others have what was received in an answer (of ReceiveMessage) that reached nobody. */
  async giveBack(answer: string): Promise<void> {
    const { Messages = [] } = JSON.parse(answer) as { Messages?: { ReceiptHandle: string }[] };
    for (const { ReceiptHandle } of Messages) {
      for (const queue of queues) {
        const change = { QueueUrl: await this.#queueUrl(queue), ReceiptHandle, VisibilityTimeout: 0 };
        // Two of the three don't know it.
        await this.#ask('sqs', 'AmazonSQS.ChangeMessageVisibility', change).catch(() => {});
      }
    }
  }

  async #queueUrl(name: string): Promise<string> {
    const answer = (await this.#ask('sqs', 'AmazonSQS.GetQueueUrl', { QueueName: name })) as {
      QueueUrl: string;
    };
    return answer.QueueUrl;
  }

  #get(path: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, { headers: { authorization: authorizationOf('s3') } });
  }

  async #ask(service: string, operation: string, body: unknown): Promise<unknown> {
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': operation,
        authorization: authorizationOf(service),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${operation} was answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}

/** Emulators find the service in the scope of the credential, and look at nothing else of it. */
function authorizationOf(service: string): string {
  const scope = `test/20260101/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}

/** DynamoDB's typed attributes as plain values. */
function plainItem(item: Record<string, Attribute>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, attribute]) => [name, plain(attribute)]));
}

function plain(attribute: Attribute): unknown {
  const [[type, value]] = Object.entries(attribute) as [[string, unknown]];
  if (type === 'N') return Number(value);
  if (type === 'NULL') return null;
  if (type === 'L') return (value as Attribute[]).map(plain);
  if (type === 'M') return plainItem(value as Record<string, Attribute>);
  return value;
}
