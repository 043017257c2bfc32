// In whisper-server's place: takes its arguments and speaks its HTTP, but invents what it says and fails as it is told.
//
//   node simulated-server.child.js '{"realTimeFactor":0.02,"seed":"1","failures":[]}' --port 8123 --request-path /secret
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { wavHeaderBytes } from '../../audio/wav-file.ts';
import { inventSpeech } from './invented-speech.ts';
import { fateOf, type Simulation } from './simulation.ts';

const bytesPerSecond = 32_000;
/** How often it says how far it is. */
const steps = 10;
/** Twice what it may have, should nothing have stopped it. */
const mostMemoryBytes = 8 * 1024 ** 3;

const simulation = JSON.parse(process.argv[2] ?? '') as Simulation;
const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1] ?? '';
const prefix = argument('--request-path');

createServer((request, response) => {
  if (!request.url?.startsWith(prefix)) response.writeHead(404).end();
  else if (request.url === `${prefix}/health`) response.end('{"status":"ok"}');
  else void infer(request, response);
}).listen(Number(argument('--port')), '127.0.0.1');

async function infer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  try {
    const { audio, language, attempt } = await readForm(request);
    const fate = fateOf(audio, attempt, simulation);
    const durationSeconds = Math.max(0, audio.length - wavHeaderBytes) / bytesPerSecond;

    const stepMs = (1000 * simulation.realTimeFactor * durationSeconds) / steps;
    for (let step = 1; step <= steps; step += 1) {
      if (stepMs > 0) await sleep(stepMs, undefined, { signal: disconnected.signal });
      if (step === steps / 2 && fate !== null) return fail(fate, response);
      process.stderr.write(`progress = ${(100 * step) / steps}%\n`);
    }
    const said = inventSpeech(audio, { durationSeconds, seed: simulation.seed, language });
    const { language: detected, probability } = said.detected;
    if (language === null) process.stderr.write(`auto-detected language: ${detected} (p = ${probability})\n`);
    response.end(JSON.stringify({ segments: said.segments }));
  } catch {
    // The word that whisper-server has for it.
    process.stderr.write('client disconnected\n');
  }
}

async function readForm(request: IncomingMessage) {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const body = new Uint8Array(await buffer(request));
  const form = await new Response(body, { headers }).formData();
  const file = form.get('file');
  const audio = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
  const asked = form.get('language');
  const language = typeof asked === 'string' && asked !== 'auto' ? asked : null;
  return { audio, language, attempt: Number(form.get('attempt')) };
}

function fail(kind: NonNullable<ReturnType<typeof fateOf>>, response: ServerResponse): void {
  switch (kind) {
    case 'transient':
      response.writeHead(500).end('{"error":"simulated"}');
      break;
    case 'permanent':
      response.writeHead(400).end('{"error":"simulated"}');
      break;
    case 'crash':
      process.kill(process.pid, 'SIGSEGV');
      break;
    case 'hang':
      // For good: nothing is read or written any more, and no SIGTERM is heard.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      break;
    case 'memory':
      takeMemory();
  }
}

/** Address space, which is what the limit is on: nothing of it is touched, so nobody else runs short. */
function takeMemory(): void {
  const taken: ArrayBuffer[] = [];
  const pieceBytes = 256 * 1024 ** 2;
  try {
    while (taken.length * pieceBytes < mostMemoryBytes) taken.push(new ArrayBuffer(pieceBytes));
    throw new RangeError('Array buffer allocation failed');
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    // Node's own abort() would print a long trace behind the one line that says why.
    process.kill(process.pid, 'SIGABRT');
  }
}
