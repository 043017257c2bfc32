/**
 * `npm run bench:page`: how quickly the page paints and how smoothly a long list scrolls, in a real browser against
 * `npm start` on this machine. Prints the table of docs/web.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { seedPast } from './a-past.ts';
import { openBrowser, openPage } from './browser.ts';
import { rowOf } from './what-is-shown.ts';

const jobs = 10_000;
const runs = 5;
/** How much slower than this machine: what Lighthouse takes for a phone. */
const slowdowns = [1, 4];

interface Figures {
  /** All times in milliseconds. */
  firstPaint: number;
  largestPaint: number;
  blocked: number;
  /** The layout shift score: 0 is none. */
  shift: number;
  /** Over the line, headers included. */
  kilobytes: number;
}

/** Notes what the browser says of itself, from the first moment on. */
const observer = `
  window.figures = { largest: 0, shift: 0, tasks: [] };
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch('largest-contentful-paint', (entry) => { figures.largest = entry.startTime; });
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) figures.shift += entry.value; });
  watch('longtask', (entry) => { figures.tasks.push([entry.startTime, entry.duration]); });
`;

/** Scrolls a screen's third each frame, and notes how long every frame took. */
const scroll = `new Promise((done) => {
  const frames = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    scrollBy(0, innerHeight / 3);
    if (frames.length < 300) requestAnimationFrame(step);
    else done(frames.slice(1));
  };
  requestAnimationFrame(step);
})`;

const dataDir = await mkdtemp(join(tmpdir(), 'verbatim-figures-'));
await seedPast(dataDir, { jobs });
const verbatim = await Verbatim.start({}, dataDir);
const browser = await openBrowser();
try {
  console.log('| view | processor | first paint | largest paint | blocked | layout shift | sent |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [view, path] of [
    ['list', '/'],
    ['operation', '/operation'],
  ] as const) {
    for (const slowdown of slowdowns) {
      const all: Figures[] = [];
      for (let run = 0; run < runs; run++) all.push(await load(browser, path, slowdown));
      const of = (figure: keyof Figures) => median(all.map((each) => each[figure]));
      console.log(
        `| ${view} | ${slowdown === 1 ? 'as it is' : `${slowdown}x slower`} | ${of('firstPaint').toFixed(0)} ms | ` +
          `${of('largestPaint').toFixed(0)} ms | ${of('blocked').toFixed(0)} ms | ${of('shift').toFixed(3)} | ${of('kilobytes').toFixed(0)} KB |`,
      );
    }
  }
  for (const slowdown of slowdowns) await scrollTheList(browser, slowdown);
} finally {
  await browser.close();
  await verbatim[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
}

/** One visit with nothing in the browser's cache, until nothing has happened for a second. */
async function load(of: Browser, path: string, slowdown: number): Promise<Figures> {
  const { page, context } = await openPage(of, { viewport: { width: 1180, height: 760 } });
  await page.addInitScript(observer);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await devtools.send('Network.enable');
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(new URL(path, verbatim.baseUrl).href);
  await page.getByRole('main').waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  const { first, largest, shift, tasks } = await page.evaluate<{
    first: number;
    largest: number;
    shift: number;
    tasks: [number, number][];
  }>(`({ ...figures, first: performance.getEntriesByName('first-contentful-paint')[0].startTime })`);
  await context.close();
  // Total blocking time: what goes beyond 50 ms of each long task after the first paint.
  const blocked = tasks
    .filter(([start]) => start >= first)
    .reduce((sum, [, duration]) => sum + Math.max(0, duration - 50), 0);
  return { firstPaint: first, largestPaint: largest, blocked, shift, kilobytes: bytes / 1000 };
}

async function scrollTheList(of: Browser, slowdown: number): Promise<void> {
  const { page, context } = await openPage(of, { viewport: { width: 1180, height: 760 } });
  const devtools = await context.newCDPSession(page);
  await page.goto(verbatim.baseUrl);
  await rowOf(page, 'given up.mp3').waitFor();
  // All of them first: then it is drawing that is measured, not waiting.
  const known = await waitFor(
    'the whole list',
    async () => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      const count = Number(await page.getByRole('listitem').first().getAttribute('aria-setsize'));
      return count >= jobs && count;
    },
    { withinMs: 300_000 },
  );
  await page.evaluate('scrollTo(0, 0)');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  const frames = (await page.evaluate<number[]>(scroll)).toSorted((a, b) => a - b);
  const at = (share: number) => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(1);
  console.log(
    `Scrolling ${known} recordings, processor ${slowdown}x slower: a frame takes ${at(0.5)} ms (p50), ${at(0.95)} ms (p95), ${at(0.99)} ms (p99).`,
  );
  await context.close();
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
