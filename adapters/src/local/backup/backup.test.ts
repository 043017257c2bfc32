import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chown, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aJob, bytesOf, countingBytes, readAll, textOf } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { openLocal } from '../open-local.ts';
import { testFolder } from '../testing/test-folder.ts';
import { BackupFailed, backUp, restoreBackup, verifyBackup } from './index.ts';

const mp3 = { contentType: 'audio/mpeg' };
const child = (name: string) => join(import.meta.dirname, `../testing/${name}.child.ts`);

/** A data folder in use: a job with its recording, a message, a secret, a mail. */
async function dataIn(folder: string) {
  const dataDir = join(folder, 'data');
  const platform = await openLocal({ DATA_DIR: dataDir, PORT: 8000 });
  const job = aJob({ userId: 'ana', dueAt: 5 });
  await platform.jobs.create(job);
  await platform.objects.put('audio', job.audioKey, bytesOf('what was said'), mp3);
  await platform.queue.send('transcription', 'to be done', { groupId: 'ana' });
  await mkdir(join(dataDir, 'outbox'));
  await writeFile(join(dataDir, 'outbox/job_1.eml'), 'Done.');
  return { dataDir, platform, job, target: join(folder, 'backups/today') };
}

function start(program: string, ...args: string[]) {
  return spawn(process.execPath, ['--conditions=source', child(program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a backup', () => {
  it('is taken while the server runs, verifies, and is restored to a folder that goes on from there', async () => {
    await using folder = await testFolder();
    const { dataDir, platform, job, target } = await dataIn(folder.path);

    const manifest = await backUp(dataDir, target);
    expect(manifest).toMatchObject({ objects: 1, lost: [] });
    expect(await verifyBackup(target)).toEqual(manifest);
    expect((await stat(target)).mode & 0o777).toBe(0o700);
    expect((await stat(join(target, 'verbatim.db'))).mode & 0o777).toBe(0o600);
    // What comes after it is not in it.
    await platform.jobs.create(aJob({ userId: 'ben' }));
    await platform.close();

    const restored = join(folder.path, 'elsewhere/data');
    await restoreBackup(target, restored);
    const again = await openLocal({ DATA_DIR: restored, PORT: 8000 });
    expect(await again.jobs.get(job.jobId)).toEqual(job);
    expect((await again.jobs.listByUser('ben', { limit: 5 })).items).toEqual([]);
    expect(textOf(await readAll((await again.objects.get('audio', job.audioKey)).body))).toBe(
      'what was said',
    );
    expect(await again.queue.depth('transcription')).toMatchObject({ visible: 1 });
    expect(await readFile(join(restored, 'outbox/job_1.eml'), 'utf8')).toBe('Done.');
    for (const name of await readdir(join(dataDir, 'secrets'))) {
      const secret = await readFile(join(dataDir, 'secrets', name), 'utf8');
      expect(await readFile(join(restored, 'secrets', name), 'utf8')).toBe(secret);
    }
    await again.close();
  });

  it('holds every object that its database names, whatever is replaced and removed meanwhile', {
    timeout: 120_000,
  }, async () => {
    await using folder = await testFolder();
    const busy = start('put-until-killed', folder.path);
    await once(busy.stdout, 'data');
    try {
      for (let round = 0; round < 6; round++) {
        const target = join(folder.path, `backup-${round}`);
        const manifest = await backUp(folder.path, target);
        expect(manifest.lost).toEqual([]);
        expect((await verifyBackup(target)).objects).toBe(manifest.objects);
        // And nothing else.
        const files = await readdir(join(target, 'objects'), { recursive: true, withFileTypes: true });
        expect(files.filter((file) => file.isFile())).toHaveLength(manifest.objects);
      }
      expect(busy.exitCode, 'it went on').toBeNull();
    } finally {
      busy.kill('SIGKILL');
      await once(busy, 'close');
    }
  });

  it('that is killed leaves nothing that passes for one', { timeout: 120_000 }, async () => {
    await using folder = await testFolder();
    const { dataDir, platform, target } = await dataIn(folder.path);
    for (let i = 0; i < 8; i++) {
      await platform.objects.put('audio', `ana/big/${i}`, countingBytes(3_000_000), mp3);
    }
    let halves = 0;
    for (let pieces = 1; pieces <= 26; pieces += 5) {
      const backup = start('back-up', dataDir, target);
      let seen = 0;
      backup.stdout.on('data', (dots: Buffer) => {
        seen += dots.length;
        if (seen >= pieces) backup.kill('SIGKILL');
      });
      await once(backup, 'close');
      if (existsSync(target)) {
        await verifyBackup(target);
        await rm(target, { recursive: true });
      } else {
        halves++;
        expect(existsSync(`${target}.part`)).toBe(true);
      }
    }
    expect(halves).toBeGreaterThan(2);

    // The next one sweeps up.
    await backUp(dataDir, target);
    expect(await readdir(join(folder.path, 'backups'))).toEqual(['today']);
    await platform.close();
  });

  it('that was copied in half, or changed by one byte, does not verify and is not restored', async () => {
    await using folder = await testFolder();
    const { dataDir, platform, target } = await dataIn(folder.path);
    await backUp(dataDir, target);
    await platform.close();
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1));
    expect(files.length).toBeGreaterThanOrEqual(5);

    for (const file of files) {
      const copy = join(folder.path, 'copy');
      for (const harm of [rm, (path: string) => appendFile(path, 'x')]) {
        await cp(target, copy, { recursive: true });
        await harm(join(copy, file));
        const into = join(folder.path, 'restored');
        await expect(verifyBackup(copy), file).rejects.toThrow(BackupFailed);
        await expect(restoreBackup(copy, into), file).rejects.toThrow(BackupFailed);
        expect(existsSync(into)).toBe(false);
        await rm(copy, { recursive: true });
      }
    }
  });

  it('says what the data folder itself has lost, and keeps the rest', async () => {
    await using folder = await testFolder();
    const { dataDir, platform, target } = await dataIn(folder.path);
    for (const name of ['gone', 'rotten']) {
      await platform.objects.put('audio', `ana/${name}`, bytesOf(name), mp3);
    }
    const paths = (await readdir(join(dataDir, 'objects/audio/ana'))).filter((name) => name.includes('~'));
    const [gone = '', rotten = ''] = paths.toSorted().map((name) => join('audio/ana', name));
    await rm(join(dataDir, 'objects', gone));
    await writeFile(join(dataDir, 'objects', rotten), 'ROTTEN');

    const { lost, objects } = await backUp(dataDir, target);

    expect(lost.toSorted()).toEqual([gone, rotten]);
    expect(objects).toBe(3);
    await verifyBackup(target);
    await platform.close();
  });

  it('refuses what it would harm, with a sentence', async () => {
    await using folder = await testFolder();
    const { dataDir, platform, target } = await dataIn(folder.path);
    await backUp(dataDir, target);

    await expect(backUp(dataDir, target)).rejects.toThrow(/is there already/);
    await expect(backUp(folder.path, join(folder.path, 'b'))).rejects.toThrow(/no data folder of Verbatim/);
    await expect(restoreBackup(target, dataDir)).rejects.toThrow(/is not empty/);
    await expect(restoreBackup(dataDir, join(folder.path, 'c'))).rejects.toThrow(/no whole backup/);
    await platform.close();
  });

  it('is restored for whoever the empty folder belongs to', async () => {
    await using folder = await testFolder();
    const { dataDir, platform, target } = await dataIn(folder.path);
    await backUp(dataDir, target);
    await platform.close();
    // Root restores the volume of a container whose user it is not; anybody else restores what is his.
    const { uid: us } = await stat(folder.path);
    const uid = us === 0 ? 1000 : us;
    const place = join(folder.path, 'volume');
    await mkdir(place);
    if (us === 0) await chown(place, uid, uid);

    await restoreBackup(target, place);

    const paths = ['', ...(await readdir(place, { recursive: true }))];
    const owners = await Promise.all(paths.map(async (path) => (await stat(join(place, path))).uid));
    expect(owners.length).toBeGreaterThan(5);
    expect(new Set(owners)).toEqual(new Set([uid]));
  });

  it('is restored to the tables of the version that took it', async () => {
    await using folder = await testFolder();
    const { dataDir, platform, target } = await dataIn(folder.path);
    await backUp(dataDir, target);
    const versionIn = (path: string) => {
      using db = new DatabaseSync(path, { readOnly: true });
      return db.prepare('PRAGMA user_version').get();
    };
    expect(versionIn(join(target, 'verbatim.db'))).toEqual(versionIn(join(dataDir, 'verbatim.db')));
    await platform.close();
  });
});
