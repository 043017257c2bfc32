/** For tests: uses the local platform on a disk until it is full, and says as one line of JSON how that went. */

import { aJob, bytesOf, countingBytes, readAll, textOf } from '@verbatim/domain/testing';
import { openLocal } from '../open-local.ts';

const [dataDir = ''] = process.argv.slice(2);
const platform = await openLocal({ DATA_DIR: dataDir, PORT: 8000 });
const { objects, jobs, queue } = platform;
const mp3 = { contentType: 'audio/mpeg' };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => error.code ?? String(error),
  );

await objects.put('audio', 'ana/before', bytesOf('before'), mp3);
const tooBig = await codeOf(objects.put('audio', 'ana/too-big', countingBytes(64 * 2 ** 20), mp3));
const leftOfTooBig = await objects.head('audio', 'ana/too-big');
const afterwards = await codeOf(objects.put('audio', 'ana/afterwards', countingBytes(500_000), mp3));

let created = 0;
let whenFull: string;
do {
  whenFull = await codeOf(
    jobs.create(aJob({ userId: 'ana', dueAt: created + 1, fileName: 'x'.repeat(100_000) })),
  );
  if (whenFull === 'ok') created++;
} while (whenFull === 'ok' && created < 1_000);
const sent = await codeOf(queue.send('uploads', 'x'.repeat(200_000), { groupId: 'ana' }));
const kept = (await jobs.due(Number.MAX_SAFE_INTEGER, 1_000)).length;
const before = textOf(await readAll((await objects.get('audio', 'ana/before')).body));

console.log(JSON.stringify({ tooBig, leftOfTooBig, afterwards, created, whenFull, sent, kept, before }));
await platform.close();
