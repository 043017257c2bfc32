import { readFile, writeFile } from 'node:fs/promises';

export interface FakeBehaviour {
  /** JavaScript, run before the server listens; `exit(code, line)` ends it. */
  atStart?: string;
  /** JavaScript with `body` (the form), `answer(status, text)` and `exit(code, line)`. */
  atInference: string;
}

/** A program that takes whisper-server's arguments and fails as it is told, for what the real one does once a year. */
export async function fakeWhisperServer(path: string, behaviour: FakeBehaviour): Promise<string> {
  const program = `#!${process.execPath}
const { createServer } = require('node:http');
const fs = require('node:fs');
const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
const exit = (code, line) => { fs.writeSync(2, line + '\\n'); process.exit(code); };
${behaviour.atStart ?? ''}
const prefix = argument('--request-path');
createServer((request, response) => {
  if (!request.url.startsWith(prefix)) return response.writeHead(404).end();
  if (request.url === prefix + '/health') return response.end('{"status":"ok"}');
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece)).on('end', () => {
    const body = Buffer.concat(pieces).toString('latin1');
    const answer = (status, text) => response.writeHead(status).end(text);
    ${behaviour.atInference}
  });
}).listen(Number(argument('--port')), '127.0.0.1');
`;
  await writeFile(path, program, { mode: 0o755 });
  return path;
}

/** What whisper-server would answer, as a line of JavaScript for `atInference`; each segment is one word. */
export function answerOf(...segments: { text: string; start: number; end: number }[]): string {
  const body = {
    segments: segments.map(({ text, start, end }) => ({
      ...{ text, start, end, words: [{ word: text, start, end, probability: 0.9 }] },
    })),
    language: 'english',
  };
  const told = 'whisper_full_with_state: auto-detected language: en (p = 0.800000)\\n';
  return `fs.writeSync(2, '${told}'); answer(200, ${JSON.stringify(JSON.stringify(body))});`;
}

/** A line of JavaScript for `atInference`: keeps the form for `readForm`. */
export function saveForm(path: string): string {
  return `fs.writeFileSync('${path}', body, 'latin1');`;
}

export async function readForm(path: string): Promise<Record<string, string>> {
  const body = await readFile(path, 'latin1');
  const boundary = body.slice(0, body.indexOf('\r\n'));
  const parts = body.split(boundary).slice(1, -1);
  return Object.fromEntries(
    parts.map((part) => {
      const [head = '', ...rest] = part.split('\r\n\r\n');
      return [/name="([^"]+)"/.exec(head)?.[1], rest.join('\r\n\r\n').replace(/\r\n$/, '')];
    }),
  );
}
