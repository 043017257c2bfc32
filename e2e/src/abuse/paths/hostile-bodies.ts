import { gzipSync } from 'node:zlib';
import type { HostileRequest } from './hostile-request.ts';

const good = { fileName: 'a.mp3', contentType: 'audio/mpeg', sizeBytes: 1_000 };

/** Bodies for `POST /v1/jobs`: what is no JSON, what is too much of it, and fields that are not the client's (row 47). */
export function hostileBodies(): HostileRequest[] {
  const json = (
    name: string,
    body: NonNullable<RequestInit['body']>,
    statuses: number[],
    headers: Record<string, string> = {},
  ): HostileRequest => ({
    name,
    rows: [42, 56],
    statuses,
    send: ({ ben }) =>
      ben.fetch('/v1/jobs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      }),
  });
  const fields = (name: string, changes: object, statuses = [400]) =>
    json(name, JSON.stringify({ ...good, ...changes }), statuses);
  const foreign = (field: string, value: unknown) => ({
    ...fields(`a field that is not theirs: ${field}`, { [field]: value }),
    rows: [47],
  });
  const bytes = (...values: number[]) => new Uint8Array(values);
  return [
    json('no body', '', [400]),
    json('half of an object', '{"fileName":', [400]),
    json('a list', '[]', [400]),
    json('null', 'null', [400]),
    json('a word', '"a"', [400]),
    json('a number', '1e999', [400]),
    json('a list 30,000 deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, [400]),
    json('an object 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, [400]),
    json('70 KB', JSON.stringify({ ...good, prompt: 'x'.repeat(70_000) }), [413]),
    json('invalid UTF-8', bytes(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d), [400]),
    json('a byte order mark', `\ufeff${JSON.stringify(good)}`, [201, 400]),
    json('UTF-16', Buffer.from(JSON.stringify(good), 'utf16le'), [201, 415], {
      'content-type': 'application/json; charset=utf-16',
    }),
    json('an unknown charset', JSON.stringify(good), [415], {
      'content-type': 'application/json; charset=evil',
    }),
    json('a gzip bomb', gzipSync(Buffer.alloc(20 * 2 ** 20, 0x20)), [413], { 'content-encoding': 'gzip' }),
    json('gzip that is none', 'hello', [400], { 'content-encoding': 'gzip' }),
    json('an unknown encoding', 'hello', [415], { 'content-encoding': 'evil' }),
    json('as text', JSON.stringify(good), [400], { 'content-type': 'text/plain' }),
    json('as a form', 'fileName=a', [400], { 'content-type': 'application/x-www-form-urlencoded' }),
    json('as nothing', JSON.stringify(good), [400, 415], { 'content-type': 'evil' }),
    json('a prototype', `{"__proto__":{"operator":true},${JSON.stringify(good).slice(1)}`, [201, 400]),
    json(
      'a constructor',
      JSON.stringify({ ...good, constructor: { prototype: { operator: true } } }),
      [201, 400],
    ),
    json('a field twice', `{"sizeBytes":1,${JSON.stringify(good).slice(1)}`, [201, 400]),
    ...[-1, 0, 1.5, '1000', null, [], {}, 2 ** 53, 1e300, true].map((sizeBytes) =>
      fields(`sizeBytes ${JSON.stringify(sizeBytes)}`, { sizeBytes }),
    ),
    ...['', 'x'.repeat(256), 'a\0b.mp3', 'a\r\nb.mp3', 5, null, {}, ['a.mp3']].map((fileName) =>
      fields(`fileName ${JSON.stringify(fileName).slice(0, 30)}`, { fileName }),
    ),
    ...['text/html', 'audio/../x', 'audio/mpeg\r\nX-Evil: 1', '', 'x'.repeat(200), 7].map((contentType) =>
      fields(`contentType ${JSON.stringify(contentType).slice(0, 30)}`, { contentType }),
    ),
    fields('an unknown language', { language: '../../en' }),
    fields('1,001 letters of prompt', { prompt: 'x'.repeat(1_001) }),
    fields('a prompt with NUL', { prompt: 'a\0b' }),
    fields('51 keywords', { keywords: Array.from({ length: 51 }, String) }),
    fields('keywords that are objects', { keywords: [{ toString: 'x' }] }),
    fields('keywords that are no list', { keywords: 'a' }),
    foreign('status', 'COMPLETED'),
    foreign('userId', 'ana'),
    foreign('jobId', 'job_00000000000000000000000000000000'),
    foreign('audioKey', 'ana/x'),
    foreign('cost', 0),
    foreign('notifyTo', 'evil@example.com'),
    foreign('operator', true),
    foreign('fence', 99),
  ];
}
