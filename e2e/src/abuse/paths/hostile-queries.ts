import type { HostileRequest } from './hostile-request.ts';
import { hostileIds } from './hostile-words.ts';
import { sendRaw } from './raw-http.ts';

const byId = [
  '/v1/jobs/ID',
  '/v1/jobs/ID/transcript',
  '/v1/jobs/ID/events',
  '/status/ID',
  '/result/ID',
  '/d/ID',
];

/** Ids that are none, on the routes that take one (row 45), and queries. */
export function hostileQueries(foreignId: string): HostileRequest[] {
  const get = (
    name: string,
    path: string,
    statuses: number[],
    rows = [56],
    headers: Record<string, string> = {},
  ): HostileRequest => ({
    name,
    rows,
    statuses,
    // As it is: fetch would resolve dots by itself.
    send: ({ baseUrl, bensKey }) => {
      const lines = Object.entries({ ...headers, authorization: `Bearer ${bensKey}`, connection: 'close' });
      const head = lines.map(([field, value]) => `${field}: ${value}\r\n`).join('');
      return sendRaw(baseUrl, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${head}\r\n`);
    },
  });
  const ids = Object.entries(hostileIds(foreignId)).flatMap(([name, id]) =>
    byId.map((route) => get(`${route} with ${name}`, route.replace('ID', id), [400, 404], [45])),
  );
  const lists: [string, number[]][] = [
    ['limit=0', [400]],
    ['limit=-1', [400]],
    ['limit=101', [400]],
    ['limit=1e9', [400]],
    ['limit=x', [400]],
    ['limit=1&limit=2', [400]],
    ['limit[]=1', [400, 200]],
    ['limit[a]=1', [400]],
    ['limit=0x10', [200, 400]],
    ['limit=NaN', [400]],
    ['status=EVIL', [400]],
    ['status[$ne]=x', [400]],
    ['cursor=', [400]],
    ['cursor=x', [400]],
    ['cursor=..%2f..%2f', [400]],
    [`cursor=${Buffer.from('{"userId":"ana"}').toString('base64url')}`, [400]],
    [`cursor=${'a'.repeat(2_001)}`, [400]],
    ['cursor=%00', [400]],
    ['userId=ana', [400]],
    ['__proto__[operator]=1', [200, 400]],
    ['constructor.prototype.operator=1', [400]],
    [Array.from({ length: 2_000 }, (_, index) => `a${index}=1`).join('&'), [400, 431]],
    ['%', [200, 400]],
    ['a=%zz', [400]],
  ];
  const formats = ['../../x', 'exe', 'json%00', 'txt&format=srt', ''];
  return [
    ...ids,
    ...lists.map(([query, statuses]) =>
      get(`the list with ?${query.slice(0, 40)}`, `/v1/jobs?${query}`, statuses),
    ),
    ...formats.map((format) =>
      get(`the format ${format}`, `/v1/jobs/${foreignId}/transcript?format=${format}`, [400, 404]),
    ),
    get('a stream from an id of theirs', `/v1/jobs/${foreignId}/events`, [404], [45], {
      'last-event-id': '../../x',
    }),
    get('an Accept of 1,000 types', '/v1/jobs', [200], [56], { accept: 'a/b;q=0.1,'.repeat(1_000) }),
    get('a request id with a line break in it', '/v1/jobs', [200], [56], { 'x-request-id': 'a<script>' }),
  ];
}
