/** For tests: puts, replaces and removes objects of all sizes without an end, until somebody kills it. */
import { join } from 'node:path';
import { SystemClock } from '@verbatim/domain';
import { countingBytes } from '@verbatim/domain/testing';
import { FileObjectStore } from '../file-object-store.ts';
import { LocalDatabase } from '../local-database.ts';
import { additions, migrations } from '../migrations.ts';
import { StorageLinks } from '../storage-links.ts';

const [folder = ''] = process.argv.slice(2);
const db = LocalDatabase.open(join(folder, 'verbatim.db'), { migrations, additions });
const links = new StorageLinks('a secret of the tests', 'http://127.0.0.1', new SystemClock());
const store = new FileObjectStore(join(folder, 'objects'), db, links);

async function putAgainAndAgain(user: string): Promise<void> {
  for (let i = 0; ; i++) {
    const sizeBytes = [0, 10, 70_000, 1_500_000][i % 4] ?? 0;
    await store.put('audio', `${user}/job_${i % 3}/audio.mp3`, countingBytes(sizeBytes + i), {
      contentType: 'audio/mpeg',
    });
    if (i % 5 === 4) await store.deletePrefix('audio', `${user}/job_${i % 3}/`);
    process.stdout.write('.');
  }
}

await Promise.all(['ana', 'ben', 'cleo'].map(putAgainAndAgain));
