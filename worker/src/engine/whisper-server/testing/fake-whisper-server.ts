import { writeFile } from 'node:fs/promises';

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
