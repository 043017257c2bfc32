import type { Stored, StoredJob } from '../evidence/stored.ts';
import type { HttpProxy } from '../proxy/http-proxy.ts';
import type { TcpProxy } from '../proxy/tcp-proxy.ts';
import type { Random } from '../random.ts';

export type PlatformName = 'local' | 'aws';
export type AwsService = 's3' | 'sqs' | 'dynamodb';

interface Unfinished {
  /** Accepted jobs that are not settled. */
  jobs: number;
  messages: number;
  /** Tombstones and forms, which only time brings to their end. */
  waitingForTime: number;
}

/** What the programs stand on, and what can be done to the lines that lead there. */
export interface Platform {
  readonly name: PlatformName;
  /** What the programs need to reach it. */
  readonly environment: Record<string, string>;
  /** A line to each service, faults of connections and of the protocol; none on `local`, whose programs share files. */
  readonly lines: Partial<Record<AwsService, { tcp: TcpProxy; http: HttpProxy }>>;
  /** All that lies there, read past the programs and their adapters. On aws that takes the messages: for the end. */
  read(): Promise<Stored>;
  /** The same of the jobs alone; disturbs nobody. */
  jobs(): Promise<StoredJob[]>;
  unfinished(): Promise<Unfinished>;
  close(): Promise<void>;
}

export type OpenPlatform = (dataDir: string, random: Random) => Promise<Platform>;
