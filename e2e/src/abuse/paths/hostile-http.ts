import type { HostileRequest } from './hostile-request.ts';
import { sendRaw } from './raw-http.ts';

/** What no HTTP client would send: two lengths, broken headers, requests inside of requests. */
export function hostileHttp(): HostileRequest[] {
  const raw = (
    name: string,
    statuses: number[],
    lines: (key: string) => string | Buffer,
  ): HostileRequest => ({
    name,
    rows: [45, 56],
    statuses,
    send: ({ baseUrl, bensKey }) => sendRaw(baseUrl, lines(bensKey)),
  });
  const host = 'Host: localhost\r\n';
  const get =
    (path: string, headers = '') =>
    (key: string) =>
      `GET ${path} HTTP/1.1\r\n${host}Authorization: Bearer ${key}\r\nConnection: close\r\n${headers}\r\n`;
  const post = (headers: string, body: string) => (key: string) =>
    `POST /v1/jobs HTTP/1.1\r\n${host}Authorization: Bearer ${key}\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
  const inner = `GET /v1/jobs HTTP/1.1\r\n${host}\r\n`;
  const refused = [400];
  return [
    // Smuggling: what a proxy reads as one request and we as two.
    raw(
      'Content-Length and Transfer-Encoding',
      refused,
      post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${inner}`),
    ),
    raw(
      'Transfer-Encoding before Content-Length',
      refused,
      post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${inner}`),
    ),
    raw('two Content-Lengths', refused, post('Content-Length: 0\r\nContent-Length: 44\r\n', inner)),
    raw('two lengths in one header', refused, post('Content-Length: 0, 44\r\n', inner)),
    raw('a length with a plus', refused, post('Content-Length: +5\r\n', inner)),
    raw('a negative length', refused, post('Content-Length: -5\r\n', inner)),
    raw('a length in hexadecimal', refused, post('Content-Length: 0x5\r\n', inner)),
    raw('a length of 2^64', refused, post('Content-Length: 18446744073709551616\r\n', inner)),
    raw(
      'Transfer-Encoding twice',
      refused,
      post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${inner}`),
    ),
    raw(
      'Transfer-Encoding with a tab',
      [400, 501],
      post('Transfer-Encoding:\tchunked, identity\r\n', `0\r\n\r\n${inner}`),
    ),
    raw(
      'an unknown Transfer-Encoding',
      [400, 501],
      post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${inner}`),
    ),
    raw(
      'a chunk that is no number',
      refused,
      post('Transfer-Encoding: chunked\r\nConnection: close\r\n', 'zz\r\nhello\r\n0\r\n\r\n'),
    ),
    raw(
      'a chunk of 2^64 bytes',
      refused,
      post('Transfer-Encoding: chunked\r\nConnection: close\r\n', 'ffffffffffffffff1\r\nhello\r\n'),
    ),
    raw(
      'chunk extensions without end',
      [400, 413],
      post('Transfer-Encoding: chunked\r\n', `1;${'a'.repeat(30_000)}\r\nx\r\n0\r\n\r\n`),
    ),
    raw('a space before the colon', refused, post('Content-Length : 5\r\n', inner)),
    raw('a folded header', refused, get('/v1/jobs', 'X-A: b\r\n c: d\r\n')),
    raw('NUL in a header', refused, get('/v1/jobs', 'X-A: b\0c\r\n')),
    raw(
      'a bare line feed',
      [200, 400],
      (key) => `GET /v1/jobs HTTP/1.1\nHost: localhost\nAuthorization: Bearer ${key}\nConnection: close\n\n`,
    ),
    // Headers.
    raw('20 KB of one header', [431], get('/v1/jobs', `X-A: ${'a'.repeat(20_000)}\r\n`)),
    raw('20 KB of a path', [431], get(`/v1/jobs/${'a'.repeat(20_000)}`)),
    raw('3,000 headers', [200, 431], get('/v1/jobs', 'A: b\r\n'.repeat(3_000))),
    raw('two keys', [200, 401], get('/v1/jobs', 'Authorization: Bearer evil\r\n')),
    raw(
      'a key with a line in it',
      [400, 401],
      () => `GET /v1/jobs HTTP/1.1\r\n${host}Authorization: Bearer a\rb\r\nConnection: close\r\n\r\n`,
    ),
    raw('no Host', refused, (key) => `GET /v1/jobs HTTP/1.1\r\nAuthorization: Bearer ${key}\r\n\r\n`),
    raw('two Hosts', [200, 400], get('/v1/jobs', 'Host: evil.example\r\n')),
    raw(
      'a Host of 8 KB',
      [200, 400],
      (key) =>
        `GET /v1/jobs HTTP/1.1\r\nHost: ${'a'.repeat(8_000)}\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    ),
    raw('an unknown expectation', [200, 417], get('/v1/jobs', 'Expect: evil\r\n')),
    raw('an upgrade', [200], get('/v1/jobs', 'Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n')),
    raw('another method in a header', [200], get('/v1/jobs', 'X-HTTP-Method-Override: DELETE\r\n')),
    raw(
      'another address in a header',
      [200],
      get('/v1/jobs', 'X-Original-URL: /v1/admin\r\nX-Rewrite-URL: /v1/admin\r\n'),
    ),
    raw('a thousand tags', [200], get('/v1/jobs', `If-None-Match: ${'"a",'.repeat(1_000)}"b"\r\n`)),
    // Request lines.
    raw(
      'an address of somewhere else',
      [200, 400, 404],
      (key) =>
        `GET http://evil.example/v1/jobs HTTP/1.1\r\n${host}Authorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    ),
    raw('dots that were not resolved', [404], get('/v1/../../../etc/passwd')),
    raw('dots with backslashes', [404], get('/..\\..\\etc\\passwd')),
    raw('two slashes', [404], get('//evil.example/v1/jobs')),
    raw('an unknown method', refused, () => `EVIL / HTTP/1.1\r\n${host}\r\n`),
    raw('a method in lower case', refused, () => `get / HTTP/1.1\r\n${host}\r\n`),
    raw(
      'CONNECT',
      [0, 400, 404, 405],
      () => `CONNECT evil.example:443 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    ),
    raw(
      'TRACE',
      [400, 401, 404, 405],
      () => `TRACE / HTTP/1.1\r\n${host}X-Secret: a\r\nConnection: close\r\n\r\n`,
    ),
    raw('HTTP/0.9', [200, 302, 400], () => 'GET /\r\n\r\n'),
    raw('HTTP/2', [400, 505], () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    raw('HTTP/9.9', [400, 505], () => `GET / HTTP/9.9\r\n${host}\r\n`),
    raw('TLS', refused, () => Buffer.from('16030100c8010000c403030000', 'hex')),
    raw('random bytes', refused, () => Buffer.from('deadbeef00ff10'.repeat(100), 'hex')),
  ];
}
