/**
 * `npm run bench:transcript`: how a transcript of two hours scrolls, and takes what is typed, in chromium. The page is the real
 * one; the transcript is made up, since the sample recordings are short.
 */
import type { Transcript } from '@verbatim/domain';
import { samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { openBrowser } from './browser.ts';

const hours = 2;
const seconds = 20;

await using verbatim = await Verbatim.start();
const browser = await openBrowser();
try {
  const { jobId } = await verbatim.client.upload(samplePath('en-short.wav'));
  await verbatim.client.announceUpload(jobId);
  await verbatim.client.waitUntil(jobId, 'COMPLETED');
  const transcript = longTranscript();
  const page = await browser.newPage({ viewport: { width: 1180, height: 760 } });
  await page.route(/\/transcript\?/, (route) =>
    route.fulfill({ json: transcript, headers: { etag: '"r1-1.json"' } }),
  );
  const opened = performance.now();
  await page.goto(`${verbatim.baseUrl}/jobs/${jobId}`);
  await page.locator('[data-index]').first().waitFor();
  console.log(`${transcript.segments.length} segments, ${20 * transcript.segments.length} words`);
  console.log(`open: first paragraph after ${Math.round(performance.now() - opened)} ms`);

  const profile = await page.context().newCDPSession(page);
  await profile.send('Performance.enable');
  /** Seconds of processor time that the page's thread has taken: that is the same on a busy machine. */
  const threadSeconds = async () => {
    const { metrics } = await profile.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0;
  };
  const before = await threadSeconds();
  console.log(`scrolling: ${summary(await page.evaluate<number[]>(framesWhile('window.scrollBy(0, 45)')))}`);
  console.log(
    `           the page's thread worked ${((await threadSeconds()) - before).toFixed(1)} of ${seconds} s`,
  );
  await page.evaluate('window.scrollTo(0, 0)');
  await page.keyboard.press('F2');
  const letters = `document.activeElement.setRangeText('a', 0, 0, 'end'); document.activeElement.dispatchEvent(new InputEvent('input', { bubbles: true }))`;
  console.log(`typing:    ${summary(await page.evaluate<number[]>(framesWhile(letters)))}`);
} finally {
  await browser.close();
}

/** Does something in every frame, and answers how long each frame took, in milliseconds. */
function framesWhile(action: string): string {
  return `new Promise((resolve) => {
    const frames = [];
    let last = performance.now();
    const end = last + ${seconds} * 1000;
    const step = (now) => {
      frames.push(now - last);
      last = now;
      ${action};
      if (now < end) requestAnimationFrame(step); else resolve(frames.slice(2));
    };
    requestAnimationFrame(step);
  })`;
}

function summary(frames: number[]): string {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  const perSecond = (1000 * frames.length) / frames.reduce((sum, frame) => sum + frame, 0);
  const late = frames.filter((frame) => frame > 25).length;
  return `${perSecond.toFixed(1)} frames a second; ms a frame: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}; ${late} of ${frames.length} late`;
}

function longTranscript(): Transcript {
  const vocabulary =
    'the meeting of this morning was about what we have to do next week and who will do it'.split(' ');
  const segments = Array.from({ length: (hours * 3600) / 7.2 }, (_, id) => {
    const start = id * 7.2;
    const words = Array.from({ length: 20 }, (__, at) => ({
      word: `${vocabulary[(id * 7 + at * 3) % vocabulary.length]}${at === 19 ? '.' : ''}`,
      start: start + at * 0.33,
      end: start + (at + 1) * 0.33,
      confidence: 0.9,
    }));
    const text = words.map(({ word }) => word).join(' ');
    return { id, start, end: start + 6.6, text, speaker: `Speaker ${(id >> 3) % 2}`, confidence: 0.9, words };
  });
  const text = segments.map((segment) => segment.text).join(' ');
  return {
    ...{
      version: 1,
      complete: true,
      text,
      language: 'en',
      languageProbability: 1,
      durationSeconds: hours * 3600,
    },
    ...{ confidence: 0.9, model: 'made up', segments, warnings: [] },
  };
}
