import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../platform.ts';
import { type PlatformSettings, publicUrlOf } from '../platform-settings.ts';
import { dataFolder } from './data-folder.ts';
import { makeFolder } from './durable-files.ts';
import { FileObjectStore } from './file-object-store.ts';
import { LocalDatabase } from './local-database.ts';
import { localSecret } from './local-secret.ts';
import { MachineClock } from './machine-clock.ts';
import { additions, migrations } from './migrations.ts';
import { SqliteCounters } from './sqlite-counters.ts';
import { SqliteIdempotencyKeys } from './sqlite-idempotency-keys.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { SqliteOpenJobs } from './sqlite-open-jobs.ts';
import { SqliteThroughput } from './sqlite-throughput.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';
import { SqliteWorkerRegistry } from './sqlite-worker-registry.ts';
import { StorageLinks } from './storage-links.ts';

/** Everything under DATA_DIR, which all programs of one box share: one database, the files, the secrets. */
export async function openLocal(
  settings: Pick<PlatformSettings, 'DATA_DIR' | 'PUBLIC_URL' | 'PORT'>,
  // No put takes an hour without writing.
  { leftoverAfterMs = 60 * 60_000 } = {},
): Promise<Platform> {
  const dataDir = resolve(settings.DATA_DIR);
  const objectsDir = join(dataDir, dataFolder.objects);
  await makeFolder(objectsDir);

  const clock = new MachineClock(join(dataDir, dataFolder.clock));
  const db = LocalDatabase.open(join(dataDir, dataFolder.database), { migrations, additions });
  const links = new StorageLinks(await localSecret(dataDir, 'storage'), publicUrlOf(settings), clock);
  const objects = new FileObjectStore(objectsDir, db, links);
  const queue = new SqliteWorkQueue(db, clock);
  const closing = new AbortController();
  const sweeping = keepSweeping(objects, leftoverAfterMs, closing.signal);

  return {
    clock,
    counters: new SqliteCounters(db, clock),
    idempotencyKeys: new SqliteIdempotencyKeys(db),
    jobs: new SqliteJobStore(db),
    objects,
    openJobs: new SqliteOpenJobs(db),
    queue,
    throughput: new SqliteThroughput(db),
    workers: new SqliteWorkerRegistry(db),
    dataFolder: dataDir,
    close: async () => {
      closing.abort();
      await queue.close();
      await sweeping;
      db.close();
    },
  };
}

/** Nobody waits for it: it may take a while where many files lie, and what it misses the next round finds. */
async function keepSweeping(objects: FileObjectStore, leftoverAfterMs: number, stop: AbortSignal) {
  while (!stop.aborted) {
    await objects.sweep(leftoverAfterMs, stop).catch(() => {});
    await sleep(leftoverAfterMs, undefined, { signal: stop, ref: false }).catch(() => {});
  }
}
