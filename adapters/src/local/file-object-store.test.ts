import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageUnavailable, SystemClock } from '@verbatim/domain';
import { bytesOf, readAll, textOf } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { FileObjectStore } from './file-object-store.ts';
import { LocalDatabase } from './local-database.ts';
import { additions, migrations } from './migrations.ts';
import { StorageLinks } from './storage-links.ts';
import { testFolder } from './testing/test-folder.ts';

const mp3 = { contentType: 'audio/mpeg' };
const anHour = 60 * 60_000;

function openStore(folder: string) {
  const db = LocalDatabase.open(join(folder, 'verbatim.db'), { migrations, additions });
  const links = new StorageLinks('a secret of the tests', 'http://127.0.0.1', new SystemClock());
  return { db, store: new FileObjectStore(join(folder, 'objects'), db, links) };
}

/** The files below the store's folder, as paths. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'objects'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((path) => path.slice(join(folder, 'objects/').length)).sort();
}

/** Every object that the table knows has its file, and all bytes of it. */
async function expectWholeObjects(folder: string, db: LocalDatabase): Promise<string[]> {
  const rows = db.prepare('SELECT path, size_bytes, etag FROM objects ORDER BY path').all();
  for (const { path, size_bytes, etag } of rows) {
    const bytes = await readFile(join(folder, 'objects', String(path)));
    expect(bytes.length, String(path)).toBe(size_bytes);
    expect(createHash('sha256').update(bytes).digest('hex').startsWith(String(etag)), String(path)).toBe(
      true,
    );
  }
  return rows.map(({ path }) => String(path));
}

describe('FileObjectStore', () => {
  it('has only whole objects after being killed in the middle of its work, again and again', {
    timeout: 60_000,
  }, async () => {
    await using folder = await testFolder();
    const program = join(import.meta.dirname, 'testing/put-until-killed.child.ts');
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, ['--conditions=source', program, folder.path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // Each time a little later in its work, in the middle of three puts.
      let puts = 0;
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (dots: Buffer) => {
          puts += dots.length;
          if (puts > 15 + 4 * round) resolve();
        });
        child.once('exit', () => reject(new Error('it ended by itself')));
      });
      child.kill('SIGKILL');
      await once(child, 'close');

      const { db } = openStore(folder.path);
      expect((await expectWholeObjects(folder.path, db)).length).toBeGreaterThan(0);
      db.close();
    }

    // And what the killed ones left behind goes with the next sweep.
    const { db, store } = openStore(folder.path);
    await store.sweep(-1_000);
    expect(await filesIn(folder.path)).toEqual(await expectWholeObjects(folder.path, db));
    db.close();
  });

  it('sweeps up only what is older than that and no object', async () => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);
    await store.put('audio', 'ana/job_1/audio.mp3', bytesOf('object'), mp3);
    const [object = ''] = await filesIn(folder.path);
    await mkdir(join(folder.path, 'objects/unfinished'), { recursive: true });
    for (const name of ['unfinished/old', 'unfinished/young', 'audio/ana/job_1/audio.mp3~old']) {
      await writeFile(join(folder.path, 'objects', name), 'left behind');
    }
    const twoHoursAgo = new Date(Date.now() - 2 * anHour);
    for (const name of ['unfinished/old', 'audio/ana/job_1/audio.mp3~old', object]) {
      await utimes(join(folder.path, 'objects', name), twoHoursAgo, twoHoursAgo);
    }

    await store.sweep(anHour);

    expect(await filesIn(folder.path)).toEqual([object, 'unfinished/young']);
    db.close();
  });

  it('finishes a removal that a crash cut short', async () => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);
    await store.put('audio', 'ana/job_1/audio.mp3', bytesOf('to be erased'), mp3);
    const [path = ''] = await filesIn(folder.path);
    // As it stands between the write that removes the object and the removal of its file.
    db.prepare('DELETE FROM objects').run();
    db.prepare('INSERT INTO doomed_files (path) VALUES (?)').run(path);

    await store.deletePrefix('audio', 'ana/job_1/');

    expect(await filesIn(folder.path)).toEqual([]);
    expect(await readdir(join(folder.path, 'objects'))).toEqual(['unfinished']);
    db.close();
  });

  it('keeps no folder of a job that is gone', async () => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);
    await store.put('transcripts', 'ana/job_1/r1-1/transcript.json', bytesOf('{}'), mp3);
    await store.put('transcripts', 'ana/job_2/r1-1/transcript.json', bytesOf('{}'), mp3);

    await store.deletePrefix('transcripts', 'ana/job_1/');

    expect(await readdir(join(folder.path, 'objects/transcripts/ana'))).toEqual(['job_2']);
    db.close();
  });

  it('puts and removes in the same folder at the same time', async () => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);

    const work = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0
        ? store.put('audio', `ana/job_1/${i}`, bytesOf(`${i}`), mp3).then(() => {})
        : store.deletePrefix('audio', 'ana/job_1/'),
    );
    await Promise.all(work);

    expect(await filesIn(folder.path)).toEqual(await expectWholeObjects(folder.path, db));
    db.close();
  });

  it.each([
    '../out',
    'a/../../out',
    '/etc/passwd',
    'a//b',
    'a\\b',
    'a\0b',
    'a/./b',
    '',
    'a/',
    '..',
    `${'x'.repeat(201)}`,
  ])('refuses the key %j', async (key) => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);

    await expect(store.put('audio', key, bytesOf('x'), mp3)).rejects.toThrow(RangeError);
    await expect(
      store.presignUpload(key, { method: 'POST', sizeBytes: 1, expiresInSeconds: 1, ...mp3 }),
    ).rejects.toThrow(RangeError);
    expect(await store.head('audio', key)).toBeNull();
    db.close();
  });

  it('says that storage is unavailable when a file is gone that ought to be there, or the whole folder', async () => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);
    await store.put('audio', 'ana/job_1/audio.mp3', bytesOf('x'), mp3);
    await store.ping();
    spawnSync('rm', ['-r', join(folder.path, 'objects')]);

    await expect(store.get('audio', 'ana/job_1/audio.mp3')).rejects.toThrow(StorageUnavailable);
    await expect(store.ping()).rejects.toThrow(StorageUnavailable);
    db.close();
  });

  it('reads an object to its end after it was removed', async () => {
    await using folder = await testFolder();
    const { db, store } = openStore(folder.path);
    await store.put('audio', 'ana/job_1/audio.mp3', bytesOf('still here'), mp3);

    const { body } = await store.get('audio', 'ana/job_1/audio.mp3');
    await store.deletePrefix('audio', 'ana/');

    expect(textOf(await readAll(body))).toBe('still here');
    db.close();
  });
});

/**
 * A disk that is soon full: a small one where we may mount it. Elsewhere no file may grow past 4 MB, which the kernel
 * refuses with another code and at the same places.
 */
function smallDisk(folder: string): { run: (command: string[]) => string } & Disposable {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]).status === 0;
  const limits = mounted ? '' : 'ulimit -f 8192; ';
  return {
    run: (command) =>
      execFileSync('sh', ['-c', `${limits}exec "$@"`, 'sh', ...command], { encoding: 'utf8' }),
    [Symbol.dispose]: () => {
      if (mounted) execFileSync('umount', [folder]);
    },
  };
}

describe('a full disk', () => {
  it('makes storage and queue unavailable, and neither loses nor halves anything', {
    timeout: 60_000,
  }, async () => {
    await using folder = await testFolder();
    using disk = smallDisk(folder.path);
    const program = join(import.meta.dirname, 'testing/fill-disk.child.ts');

    const said = JSON.parse(disk.run([process.execPath, '--conditions=source', program, folder.path]));

    expect(said).toMatchObject({
      tooBig: 'storage.unavailable',
      leftOfTooBig: null,
      afterwards: 'ok',
      whenFull: 'storage.unavailable',
      sent: 'queue.unavailable',
      before: 'before',
    });
    expect(said.created).toBeGreaterThan(5);
    expect(said.kept).toBe(said.created);
    expect(await filesIn(folder.path)).toHaveLength(2);
    const { db } = openStore(folder.path);
    expect(await expectWholeObjects(folder.path, db)).toHaveLength(2);
    db.close();
  });
});
