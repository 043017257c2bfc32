import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemClock } from '@verbatim/domain';
import {
  countersContract,
  idempotencyKeysContract,
  jobStoreContract,
  objectStoreContract,
  openJobsContract,
  throughputContract,
  workerRegistryContract,
  workQueueContract,
} from '@verbatim/domain/testing';
import { FileObjectStore } from './file-object-store.ts';
import { LocalDatabase } from './local-database.ts';
import { additions, migrations } from './migrations.ts';
import { SqliteCounters } from './sqlite-counters.ts';
import { SqliteIdempotencyKeys } from './sqlite-idempotency-keys.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { SqliteOpenJobs } from './sqlite-open-jobs.ts';
import { SqliteThroughput } from './sqlite-throughput.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';
import { SqliteWorkerRegistry } from './sqlite-worker-registry.ts';
import { StorageLinks } from './storage-links.ts';
import { startStorageServer } from './testing/storage-server.ts';
import { testFolder } from './testing/test-folder.ts';

async function openDatabase() {
  const folder = await testFolder();
  const db = LocalDatabase.open(join(folder.path, 'verbatim.db'), { migrations, additions });
  const close = async () => {
    db.close();
    await folder[Symbol.asyncDispose]();
  };
  return { folder: folder.path, db, close };
}

jobStoreContract('SQLite', async () => {
  const { db, close } = await openDatabase();
  const bodyOf = (jobId: string) =>
    JSON.parse(String(db.prepare('SELECT body FROM jobs WHERE job_id = ?').get(jobId)?.['body']));
  return {
    store: new SqliteJobStore(db),
    plantField: async (jobId, field, value) => {
      const body = JSON.stringify({ ...bodyOf(jobId), [field]: value });
      db.prepare('UPDATE jobs SET body = ? WHERE job_id = ?').run(body, jobId);
    },
    storedField: async (jobId, field) => bodyOf(jobId)[field],
    close,
  };
});

objectStoreContract(
  'files',
  async () => {
    const { db, folder, close } = await openDatabase();
    const server = await startStorageServer();
    const links = new StorageLinks('a secret of the tests', server.url, new SystemClock());
    const store = new FileObjectStore(folder, db, links);
    server.serve(store);
    const hasRow = db.prepare('SELECT 1 FROM objects WHERE path = ?');
    return {
      store,
      leftovers: async () => {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        const paths = entries
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name));
        const files = paths.map((path) => path.slice(folder.length + 1));
        return files.filter((path) => !path.startsWith('verbatim.db') && !hasRow.get(path));
      },
      close: async () => {
        await server.close();
        await close();
      },
    };
  },
  {
    streamBytes: 64 * 2 ** 20,
    streamCostsAtMostBytes: 16 * 2 ** 20,
    presign: {
      refusesForgedPost: true,
      refusesForgedPut: true,
      refusesForgedDownload: true,
      refusesExpired: true,
      refusesSecondUpload: true,
    },
  },
);

workQueueContract(
  'SQLite',
  async ({ leaseMs }) => {
    const { db, close } = await openDatabase();
    const queue = new SqliteWorkQueue(db, new SystemClock(), { leaseMs, beatMs: leaseMs / 3, lookMs: 50 });
    return {
      queue,
      takeAway: async (_, messageId) => {
        db.prepare(
          `UPDATE messages SET holder = 'somebody else', receives = receives + 1 WHERE message_id = ?`,
        ).run(messageId);
      },
      close: async () => {
        await queue.close();
        await close();
      },
    };
  },
  { shortLeaseMs: 600, servesGroupsInTurn: true, noticesLostLease: true },
);

countersContract('SQLite', async () => {
  const { db, close } = await openDatabase();
  return { counters: new SqliteCounters(db, new SystemClock()), close };
});

idempotencyKeysContract('SQLite', async () => {
  const { db, close } = await openDatabase();
  return { keys: new SqliteIdempotencyKeys(db), close };
});

openJobsContract('SQLite', async () => {
  const { db, close } = await openDatabase();
  return { openJobs: new SqliteOpenJobs(db), close };
});

throughputContract('SQLite', async () => {
  const { db, close } = await openDatabase();
  return { throughput: new SqliteThroughput(db), close };
});

workerRegistryContract('SQLite', async () => {
  const { db, close } = await openDatabase();
  return { registry: new SqliteWorkerRegistry(db), close };
});
