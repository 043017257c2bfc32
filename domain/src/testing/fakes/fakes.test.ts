import { MailUnavailable } from '../../errors.ts';
import {
  countersContract,
  idempotencyKeysContract,
  jobStoreContract,
  mailerContract,
  objectStoreContract,
  openJobsContract,
  throughputContract,
  workerRegistryContract,
  workQueueContract,
} from '../contracts/index.ts';
import { InMemoryCounters } from './in-memory-counters.ts';
import { InMemoryIdempotencyKeys } from './in-memory-idempotency-keys.ts';
import { InMemoryJobStore } from './in-memory-job-store.ts';
import { InMemoryMailer } from './in-memory-mailer.ts';
import { InMemoryObjectStore } from './in-memory-object-store.ts';
import { InMemoryOpenJobs } from './in-memory-open-jobs.ts';
import { InMemoryThroughput } from './in-memory-throughput.ts';
import { InMemoryWorkQueue } from './in-memory-work-queue.ts';
import { InMemoryWorkerRegistry } from './in-memory-worker-registry.ts';

const close = async () => {};

jobStoreContract('in memory', async () => {
  const store = new InMemoryJobStore();
  return {
    store,
    plantField: async (jobId, field, value) => {
      store.records.set(jobId, { ...store.records.get(jobId), [field]: value });
    },
    storedField: async (jobId, field) => store.records.get(jobId)?.[field],
    close,
  };
});

objectStoreContract(
  'in memory',
  async () => {
    const store = new InMemoryObjectStore();
    return { store, sendPart: (part, bytes) => store.multipart.send(part, bytes), close };
  },
  {},
);

workQueueContract(
  'in memory',
  async () => {
    const queue = new InMemoryWorkQueue();
    return {
      queue,
      takeAway: async (_, messageId) => {
        const message = queue.messages.find((candidate) => candidate.messageId === messageId);
        message?.receiver?.abort(new Error('taken away'));
      },
      close,
    };
  },
  { shortLeaseMs: 100, servesGroupsInTurn: true, noticesLostLease: true },
);

countersContract('in memory', async () => ({ counters: new InMemoryCounters(), close }));

idempotencyKeysContract('in memory', async () => ({ keys: new InMemoryIdempotencyKeys(), close }));

mailerContract('in memory', async () => {
  const mailer = new InMemoryMailer();
  return {
    mailer,
    received: async () => mailer.sent,
    takesMail: (takes) => {
      mailer.fault = takes ? null : new MailUnavailable('nobody takes mail now');
    },
    close,
  };
});

openJobsContract('in memory', async () => ({ openJobs: new InMemoryOpenJobs(), close }));

throughputContract('in memory', async () => ({ throughput: new InMemoryThroughput(), close }));

workerRegistryContract('in memory', async () => ({ registry: new InMemoryWorkerRegistry(), close }));
