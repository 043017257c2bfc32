import type { HostileRequest } from './hostile-request.ts';
import { hostileNames } from './hostile-words.ts';

const boundary = 'x-verbatim-abuse';
const audio = '\r\nContent-Type: audio/mpeg\r\n\r\nno audio';

/** Forms for `POST /upload-audio/`: broken ones, ones without end, and ones whose file names are attacks. */
export function hostileForms(): HostileRequest[] {
  const form = (
    name: string,
    statuses: number[],
    parts: string[],
    end = `--${boundary}--\r\n`,
  ): HostileRequest => ({
    name,
    rows: [44, 56],
    statuses,
    send: ({ ben }) =>
      ben.fetch('/upload-audio/', {
        method: 'POST',
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}${end}`,
      }),
  });
  const field = (name: string, value = 'x') =>
    `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
  const file = (name: string, type = audio) =>
    `Content-Disposition: form-data; name="file"; filename="${name}"${type}`;
  const named = Object.entries(hostileNames).map(([name, fileName]) =>
    form(`a file named as ${name}`, [200], [file(fileName.replaceAll('"', '%22'))]),
  );
  const other = (name: string, statuses: number[], type: string, body: string): HostileRequest => ({
    name,
    rows: [56],
    statuses,
    send: ({ ben }) =>
      ben.fetch('/upload-audio/', { method: 'POST', headers: { 'content-type': type }, body }),
  });
  return [
    ...named,
    form('a file whose name has NUL', [200, 400], [file('a\0b.mp3')]),
    form('a file with 4 KB of letters for a name', [200, 400], [file(`${'å'.repeat(2_000)}.mp3`)]),
    form(
      'a file with a name in two ways',
      [200, 400],
      [
        `Content-Disposition: form-data; name="file"; filename="a.mp3"; filename*=UTF-8''..%2f..%2fb.mp3${audio}`,
      ],
    ),
    form(
      'a file without a name',
      [400, 415],
      [`Content-Disposition: form-data; name="file"; filename=""${audio}`],
    ),
    form('a page for a file', [415], [file('a.html', '\r\nContent-Type: text/html\r\n\r\n<script>')]),
    form(
      '1,000 fields before the file',
      [400],
      [...Array.from({ length: 1_000 }, (_, index) => field(`f${index}`)), file('a.mp3')],
    ),
    form('a field of 1 MB', [400, 413], [field('prompt', 'x'.repeat(2 ** 20)), file('a.mp3')]),
    form('a field whose name is 1 MB', [400], [field('x'.repeat(2 ** 20)), file('a.mp3')]),
    form('a thousand levels in a name', [200, 400], [field(`a${'[b]'.repeat(1_000)}`), file('a.mp3')]),
    form(
      'a prototype',
      [200, 400],
      [field('__proto__[operator]', 'true'), field('constructor[prototype][operator]', '1'), file('a.mp3')],
    ),
    form(
      'a field of theirs',
      [200, 400],
      [field('userId', 'ana'), field('status', 'COMPLETED'), file('a.mp3')],
    ),
    form('two files', [400], [file('a.mp3'), file('b.mp3')]),
    form('a file in another field', [400], [file('a.mp3').replace('name="file"', 'name="evil"')]),
    form('headers of 100 KB', [400, 431], [`X-A: ${'a'.repeat(100_000)}\r\n${file('a.mp3')}`]),
    form('no headers', [400], ['\r\n\r\nx']),
    form('no end', [400], [file('a.mp3')], ''),
    form('no parts', [400], []),
    other('no boundary', [400], 'multipart/form-data', 'x'),
    other('a boundary of 10 KB', [400], `multipart/form-data; boundary=${'a'.repeat(10_000)}`, 'x'),
    other('no form', [400, 415], 'application/json', '{}'),
    other('another kind of form', [400, 415], 'multipart/mixed; boundary=x', '--x--'),
  ];
}
