import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aJob, bytesOf, readAll, textOf } from '@verbatim/domain/testing';
import { describe, expect, it, vi } from 'vitest';
import { openPlatform } from '../open-platform.ts';
import { PlatformSettings } from '../platform-settings.ts';
import { FileObjectStore } from './file-object-store.ts';
import { openLocal } from './open-local.ts';
import { testFolder } from './testing/test-folder.ts';

const mp3 = { contentType: 'audio/mpeg' };

describe('openLocal', () => {
  it('keeps everything in one folder that only our own user may read', async () => {
    await using folder = await testFolder();
    const DATA_DIR = join(folder.path, 'not/there/yet');
    const platform = await openPlatform(PlatformSettings.parse({ DATA_DIR }));
    await platform.objects.put('audio', 'ana/job_1/audio.mp3', bytesOf('x'), mp3);

    expect((await stat(DATA_DIR)).mode & 0o777).toBe(0o700);
    expect((await readdir(DATA_DIR)).filter((name) => !/-(wal|shm)$/.test(name)).sort()).toEqual([
      'clock.json',
      'objects',
      'secrets',
      'verbatim.db',
    ]);
    await platform.close();
    expect((await readdir(DATA_DIR)).sort()).toEqual(['clock.json', 'objects', 'secrets', 'verbatim.db']);
  });

  it('keeps the database and its log to our own user, also where an earlier version did not', async () => {
    await using folder = await testFolder();
    const settings = PlatformSettings.parse({ DATA_DIR: folder.path });
    const files = ['verbatim.db', 'verbatim.db-wal', 'verbatim.db-shm'].map((name) =>
      join(folder.path, name),
    );
    const modes = async () => Promise.all(files.map(async (file) => (await stat(file)).mode & 0o777));

    const first = await openPlatform(settings);
    expect(await modes()).toEqual([0o600, 0o600, 0o600]);
    await Promise.all(files.map((file) => chmod(file, 0o644)));

    const second = await openPlatform(settings);
    expect(await modes()).toEqual([0o600, 0o600, 0o600]);
    await first.close();
    await second.close();
  });

  it('still has jobs, objects, messages and signatures when it is opened again', async () => {
    await using folder = await testFolder();
    const settings = PlatformSettings.parse({
      DATA_DIR: folder.path,
      PUBLIC_URL: 'https://speech.example.org/',
    });
    const job = aJob();
    const first = await openPlatform(settings);
    await first.jobs.create(job);
    await first.objects.put('audio', job.audioKey, bytesOf('what was said'), mp3);
    await first.queue.send('transcription', 'kept', { groupId: 'ana' });
    const link = await first.objects.presignDownload('audio', job.audioKey, {
      expiresInSeconds: 60,
      fileName: 'a.mp3',
    });
    await first.close();

    const second = await openPlatform(settings);

    expect(await second.jobs.get(job.jobId)).toEqual(job);
    expect(textOf(await readAll((await second.objects.get('audio', job.audioKey)).body))).toBe(
      'what was said',
    );
    expect(await second.queue.depth('transcription')).toEqual({ visible: 1, inFlight: 0 });
    if (!(second.objects instanceof FileObjectStore))
      expect.fail('the local platform keeps objects as files');
    const { policy, signature } = Object.fromEntries(new URL(link).searchParams);
    second.objects.links.verifyDownload({ bucket: 'audio', key: job.audioKey, policy, signature });
    await second.close();
  });

  it('gives back what is being handled when it is closed', async () => {
    await using folder = await testFolder();
    const settings = PlatformSettings.parse({ DATA_DIR: folder.path });
    const first = await openPlatform(settings);
    const handled = Promise.withResolvers<void>();
    await first.queue.send('transcription', 'handled', { groupId: 'ana' });
    first.queue.consume('transcription', { slots: 1 }, async ({ signal }) => {
      handled.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw signal.reason;
    });
    await handled.promise;
    await first.close();

    const second = await openPlatform(settings);
    await vi.waitFor(async () =>
      expect(await second.queue.depth('transcription')).toEqual({ visible: 1, inFlight: 0 }),
    );
    await second.close();
  });

  it('removes what a killed upload left while it runs, not only at its start', async () => {
    await using folder = await testFolder();
    const settings = PlatformSettings.parse({ DATA_DIR: folder.path });
    const platform = await openLocal(settings, { leftoverAfterMs: 50 });
    await platform.objects.put('audio', 'ana/job_1/audio.mp3', bytesOf('what was said'), mp3);
    const unfinished = join(folder.path, 'objects', 'unfinished');
    await writeFile(join(unfinished, 'half-a-recording'), 'what some');

    await vi.waitFor(async () => expect(await readdir(unfinished)).toEqual([]));
    const { body } = await platform.objects.get('audio', 'ana/job_1/audio.mp3');
    expect(textOf(await readAll(body))).toBe('what was said');
    await platform.close();
  });
});
