// Makes first-transcript.png, the README's picture, from a real run: `npm start` in a terminal of its own, the command that
// it prints, the text that comes back. Needs Linux with Chromium (CHROMIUM names another one), and port 8000 free.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const picture = fileURLToPath(new URL('first-transcript.png', import.meta.url));
const repository = fileURLToPath(new URL('../..', import.meta.url));
const spoken = readFileSync(join(repository, 'test_sample/en-short.txt'), 'utf8')
  .trim()
  .replaceAll('\n', ' ');

const style = `
  body { margin: 16px; }
  section { background: #16191f; border-radius: 10px; margin-bottom: 16px; padding: 14px 18px 16px; }
  i { display: inline-block; width: 12px; height: 12px; border-radius: 50%; margin-right: 7px; background: #3a404b; }
  pre { margin: 8px 0 0; font: 14px/21px "DejaVu Sans Mono", Menlo, Consolas, monospace; color: #d7dce3; }
  .c1 { font-weight: bold; color: #fff; } .c2 { color: #7d8694; }
  .c32 { color: #7fd88f; } .c33 { color: #e8c46b; } .c36 { color: #74c7d4; }`;

const { shown, command, text } = await firstTranscript();
if (text.trim() !== spoken) throw new Error(`The transcript is not what is said: ${text}`);
// What npm draws before, its turning wheel, is left out.
const banner = shown.slice(shown.lastIndexOf('\x1b[1m', shown.indexOf('Verbatim is ready')));
const server = screen('npm start', banner.trim());
const client = screen(command.trim(), `\x1b[1m${text.trim()}\x1b[22m`);
photograph(`${server}${client}`);

async function firstTranscript() {
  let shown = '';
  // A terminal, so that it shows what people see.
  const start = spawn('script', ['-qefc', 'npm start', '/dev/null'], { cwd: repository, stdio: 'pipe' });
  start.stdout.on('data', (data) => {
    shown += data;
  });
  try {
    while (!shown.includes('Ctrl-C stops it.')) {
      if (start.exitCode !== null) throw new Error(shown);
      await sleep(100);
    }
    const [command] = /curl .*\n.*/.exec(stripVTControlCharacters(shown).replaceAll('\r', ''));
    const text = spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout;
    while (!shown.includes('transcribed')) await sleep(100);
    return { shown: shown.replaceAll('\r', ''), command, text };
  } finally {
    start.stdin.write('\x03');
  }
}

function screen(typed, output) {
  return `<section><i></i><i></i><i></i><pre><b class="c32">$</b> ${escaped(typed)}\n\n${coloured(output)}</pre></section>`;
}

/** Every colour code that opens has one that closes. */
function coloured(text) {
  const [first, ...rest] = escaped(text).split('\x1b[');
  const spans = rest.map((part) =>
    part.replace(/^(\d+)m/, (_, code) => (/^(0|22|39)$/.test(code) ? '</span>' : `<span class="c${code}">`)),
  );
  return [first, ...spans].join('');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function photograph(body) {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-picture-'));
  const lines = body.split('\n').length;
  writeFileSync(join(folder, 'page.html'), `<meta charset="utf-8"><style>${style}</style>${body}`);
  const { status, stderr } = spawnSync(
    process.env['CHROMIUM'] ?? 'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--hide-scrollbars',
      '--force-device-scale-factor=2',
      '--default-background-color=00000000',
      `--window-size=1080,${lines * 21 + 172}`,
      `--screenshot=${picture}`,
      join(folder, 'page.html'),
    ],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(stderr);
}
