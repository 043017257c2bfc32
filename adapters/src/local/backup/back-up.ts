import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite';
import { dataFolder } from '../data-folder.ts';
import { makeFolder, syncFolder } from '../durable-files.ts';
import { BackupFailed } from './backup-failed.ts';
import { type BackupManifest, manifestName, type Sum } from './backup-manifest.ts';
import { type BackupOptions, counting } from './backup-progress.ts';
import { copyFile, sumOf } from './copy-file.ts';
import { isWhole, type StoredFile, storedFiles } from './stored-files.ts';
import { verifyBackup } from './verify-backup.ts';

/** Copied besides the database and its objects. */
const otherFolders = [dataFolder.secrets, dataFolder.outbox];
/** So many files may be held open while the table is asked to stand still; a round of copying leaves fewer. */
const mostPinned = 200;
const mostRounds = 100;
const busyMs = 10_000;

/**
 * Copies a data folder, while the server goes on, to `target`: the state of one moment, with every file that the
 * database of that moment names. Made aside, checked, and moved into place whole.
 *
 * The files are copied first, for as long as it takes: their bytes never change. Then, for some milliseconds, the write
 * lock keeps objects from being removed: the moment's few files that are not copied yet are opened (an open file outlives
 * its removal) and a read transaction begins, which holds that moment for the copy of the database.
 * @throws BackupFailed, or the signal's reason
 */
export async function backUp(
  dataDir: string,
  target: string,
  options: BackupOptions = {},
): Promise<BackupManifest> {
  if (!existsSync(join(dataDir, dataFolder.database))) {
    throw new BackupFailed(`${dataDir} is no data folder of Verbatim: it has no ${dataFolder.database}.`);
  }
  const place = resolve(target);
  if (existsSync(place)) throw new BackupFailed(`${place} is there already: name a folder that is not.`);
  const aside = `${place}.part`;
  // What a backup that was killed left.
  await rm(aside, { recursive: true, force: true });
  await makeFolder(aside);
  try {
    const manifest = await new BackingUp(dataDir, aside, options).run();
    const { signal } = options;
    await verifyBackup(aside, { signal, onBytes: counting('checking', manifest.bytes, options) });
    await rename(aside, place);
    await syncFolder(dirname(place));
    return manifest;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

class BackingUp {
  readonly #dataDir: string;
  readonly #aside: string;
  readonly #options: BackupOptions;
  readonly #copied = new Set<string>();
  readonly #damaged = new Set<string>();
  #bytesDone = 0;
  #bytesTotal = 0;

  constructor(dataDir: string, aside: string, options: BackupOptions) {
    this.#dataDir = dataDir;
    this.#aside = aside;
    this.#options = options;
  }

  async run(): Promise<BackupManifest> {
    using live = new DatabaseSync(join(this.#dataDir, dataFolder.database), { timeout: busyMs });
    for (let round = 0; round < mostRounds; round++) {
      await this.#copyWhatIsNew(storedFiles(live));
      await using moment = await this.#hold(live);
      if (moment) return await this.#finish(moment);
    }
    throw new BackupFailed('More is stored and removed than can be copied meanwhile: try again later.');
  }

  /** What is gone before its turn was removed: the moment to come will not name it. */
  async #copyWhatIsNew(files: StoredFile[]): Promise<void> {
    const rest = files.filter(({ path }) => !this.#copied.has(path));
    this.#bytesTotal = this.#bytesDone + rest.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const file of rest) {
      await using source = await openIfThere(join(this.#dataDir, dataFolder.objects, file.path));
      if (source) await this.#copy(file, source);
    }
  }

  async #copy(file: StoredFile, source: FileHandle): Promise<void> {
    const found = await copyFile(source, join(this.#aside, dataFolder.objects, file.path), this.#reading());
    this.#copied.add(file.path);
    if (!isWhole(file, found)) this.#damaged.add(file.path);
  }

  /** A moment of the database and open files for all of it that is not copied; null where those are too many still. */
  async #hold(live: DatabaseSync): Promise<Moment | null> {
    live.exec('BEGIN IMMEDIATE');
    try {
      const moment = new Moment(this.#dataDir, storedFiles(live));
      for (const file of moment.files) {
        if (this.#copied.has(file.path)) continue;
        if (await moment.pin(file, join(this.#dataDir, dataFolder.objects, file.path))) continue;
        await moment[Symbol.asyncDispose]();
        return null;
      }
      return moment;
    } finally {
      live.exec('ROLLBACK');
    }
  }

  async #finish(moment: Moment): Promise<BackupManifest> {
    const database = join(this.#aside, dataFolder.database);
    await copyDatabase(moment.db, database);
    asOneFile(database);
    for (const [file, source] of moment.pinned) await this.#copy(file, source);
    const named = new Set(moment.files.map(({ path }) => path));
    for (const path of this.#copied) {
      if (!named.has(path)) await rm(join(this.#aside, dataFolder.objects, path));
    }
    const lost = [...moment.missing, ...[...this.#damaged].filter((path) => named.has(path))];

    const files = [
      { path: dataFolder.database, ...(await syncedSum(database)) },
      ...(await this.#copyOtherFolders()),
    ];
    const bytes = [...files, ...moment.files].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const takenAt = moment.at.toISOString();
    const manifest = { format: 1, takenAt, files, objects: moment.files.length, bytes, lost } as const;
    await this.#writeManifest(manifest);
    return manifest;
  }

  async #copyOtherFolders(): Promise<Sum[]> {
    const sums: Sum[] = [];
    for (const folder of otherFolders) {
      for (const name of await namesIn(join(this.#dataDir, folder))) {
        const path = join(folder, name);
        await using source = await openIfThere(join(this.#dataDir, path));
        if (source)
          sums.push({ path, ...(await copyFile(source, join(this.#aside, path), this.#reading())) });
      }
    }
    return sums;
  }

  async #writeManifest(manifest: BackupManifest): Promise<void> {
    const path = join(this.#aside, manifestName);
    await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(`${path}.part`, path);
    await syncFolder(this.#aside);
  }

  #reading() {
    return {
      signal: this.#options.signal,
      onBytes: (bytes: number) => {
        this.#bytesDone += bytes;
        this.#options.onProgress?.({
          step: 'copying',
          bytesDone: this.#bytesDone,
          bytesTotal: Math.max(this.#bytesDone, this.#bytesTotal),
        });
      },
    };
  }
}

/** What the database said at one moment, for as long as its transaction is open. */
class Moment {
  readonly db: DatabaseSync;
  readonly at = new Date();
  readonly files: StoredFile[];
  readonly pinned = new Map<StoredFile, FileHandle>();
  /** Nobody can have removed them: the data folder itself has lost them. */
  readonly missing: string[] = [];

  constructor(dataDir: string, files: StoredFile[]) {
    this.files = files;
    this.db = new DatabaseSync(join(dataDir, dataFolder.database), { timeout: busyMs });
    // The first read begins the snapshot; nobody writes while it begins.
    this.db.exec('BEGIN');
    this.db.prepare('SELECT count(*) FROM objects').get();
  }

  /** False when so many are held open already that the copying had better go on first. */
  async pin(file: StoredFile, path: string): Promise<boolean> {
    if (this.pinned.size === mostPinned) return false;
    const source = await openIfThere(path);
    if (source) this.pinned.set(file, source);
    else this.missing.push(file.path);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
    for (const source of this.pinned.values()) await source.close();
  }
}

/** Without a log beside it, so that it can be read where nothing may be written. */
function asOneFile(database: string): void {
  using db = new DatabaseSync(database);
  db.exec('PRAGMA journal_mode = DELETE');
}

async function syncedSum(path: string): Promise<Omit<Sum, 'path'>> {
  await using file = await open(path, 'r+');
  await file.chmod(0o600);
  await file.sync();
  return await sumOf(path);
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** Without what is being written at the moment. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => !/\.(part|tmp)$/.test(name));
}
