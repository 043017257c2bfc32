import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import {
  type Stored,
  type StoredJob,
  type StoredObject,
  storedJobOf,
  textOfTranscript,
} from '../evidence/stored.ts';
import { HttpProxy } from '../proxy/http-proxy.ts';
import { TcpProxy } from '../proxy/tcp-proxy.ts';
import type { Random } from '../random.ts';
import { EmulatorReader } from './emulator-reader.ts';
import type { AwsService, Platform } from './platform.ts';

const services: Record<AwsService, string> = {
  s3: 'AWS_ENDPOINT_URL_S3',
  sqs: 'AWS_ENDPOINT_URL_SQS',
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
};

/** An emulator of AWS of our own, with a line to each of its services whose faults are chosen. */
export async function openAwsPlatform(_dataDir: string, random: Random): Promise<Platform> {
  // Never one that somebody else uses: everything in it is looked at in the end.
  const { AWS_ENDPOINT_URL: _theirs, ...environment } = process.env;
  const emulator = await startEmulator(environment);
  const url = emulator.environment['AWS_ENDPOINT_URL'] ?? '';
  const lines = await openLines(url, random);
  const reader = new EmulatorReader(url);
  // The emulator hands messages to consumers that are dead, for as long as their last request would have waited (20 s).
  // AWS sees that their connections are closed.
  lines.sqs.http.abandoned = ({ operation }, answer) => {
    if (operation === 'AmazonSQS.ReceiveMessage') reader.giveBack(answer).catch(() => {});
  };
  const endpoints = Object.entries(services).map(([service, variable]) => [
    variable,
    `http://127.0.0.1:${lines[service as AwsService].tcp.port}`,
  ]);
  return {
    name: 'aws',
    environment: {
      ...emulator.environment,
      ...Object.fromEntries(endpoints),
      PLATFORM: 'aws',
      LINK_SECRET: 'a secret of at least thirty-two characters',
    },
    lines,
    read: () => readAll(reader),
    jobs: () => jobsOf(reader),
    unfinished: async () => {
      const jobs = (await jobsOf(reader)).map(({ record }) => record);
      const waiting = jobs.filter((job) => job.erase !== null || job.status === 'PENDING_UPLOAD');
      const due = jobs.filter((job) => job.dueAt !== null);
      return {
        jobs: due.filter((job) => !waiting.includes(job)).length,
        messages: await reader.messageCount(),
        waitingForTime: waiting.length,
      };
    },
    close: () => closeAll(emulator, lines),
  };
}

type Lines = Record<AwsService, { tcp: TcpProxy; http: HttpProxy }>;

async function openLines(url: string, random: Random): Promise<Lines> {
  const { hostname: host, port } = new URL(url);
  const open = async (service: AwsService) => {
    const http = await HttpProxy.listen({ host, port: Number(port) });
    return { http, tcp: await TcpProxy.listen(http.target, random.stream(service)) };
  };
  return { s3: await open('s3'), sqs: await open('sqs'), dynamodb: await open('dynamodb') };
}

async function closeAll(emulator: Emulator, lines: Lines): Promise<void> {
  for (const { tcp, http } of Object.values(lines)) {
    await tcp.close();
    await http.close();
  }
  await emulator.stop();
}

async function jobsOf(reader: EmulatorReader): Promise<StoredJob[]> {
  return (await reader.jobs()).map(storedJobOf);
}

async function readAll(reader: EmulatorReader): Promise<Stored> {
  const jobs = await jobsOf(reader);
  const objects: StoredObject[] = [];
  for (const bucket of ['audio', 'transcripts'] as const) {
    for (const key of await reader.keys(bucket)) objects.push({ bucket, key });
  }
  const texts = new Map<string, string | null>();
  for (const { record } of jobs) {
    const key = record.result?.transcriptKey;
    const json = key === undefined ? null : await reader.object('transcripts', key);
    if (key !== undefined && json !== null) texts.set(key, textOfTranscript(json));
  }
  return { jobs, objects, texts, messages: await reader.messages(), strayFiles: 0 };
}
