/** `npm run screenshots`: the page's main views as a visitor sees them, for the README and docs/web.md. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { openBrowser } from './browser.ts';

const folder = resolve(import.meta.dirname, '../../../docs/images/page');
const desktop = { width: 1180, height: 760 };
const phone = { width: 390, height: 760 };
const recordings = ['es-one-minute.ogg', 'en-meeting.m4a', 'en-two-channels.ogg', 'en-one-minute.mp3'];

await mkdir(folder, { recursive: true });
await using verbatim = await Verbatim.start();
const browser = await openBrowser();
try {
  await shoot('first', '/', { viewport: desktop });
  for (const name of recordings) {
    const { jobId } = await verbatim.client.upload(samplePath(name));
    await verbatim.client.announceUpload(jobId);
    await verbatim.client.waitUntil(jobId, 'COMPLETED');
  }
  const list = (await (await fetch(`${verbatim.baseUrl}/v1/jobs`)).json()) as { items: { jobId: string }[] };
  const [newest] = list.items;
  const transcript = `/jobs/${newest?.jobId}`;
  for (const colorScheme of ['light', 'dark'] as const) {
    await shoot(`list-${colorScheme}`, '/', { viewport: desktop, colorScheme });
    await shoot(`transcript-${colorScheme}`, transcript, { viewport: desktop, colorScheme }, playAWord);
  }
  await shoot('correcting-light', transcript, { viewport: desktop }, correctAWord);
  await shoot('list-phone', '/', { viewport: phone });
  await shoot('transcript-phone', transcript, { viewport: phone, colorScheme: 'dark' }, playAWord);
} finally {
  await browser.close();
}

async function shoot(
  name: string,
  path: string,
  options: BrowserContextOptions,
  prepare?: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await pageAt(browser, path, options);
  await prepare?.(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
  console.log(`docs/images/page/${name}.png`);
}

async function pageAt(browser: Browser, path: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(new URL(path, verbatim.baseUrl).href, { waitUntil: 'networkidle' }).catch(() => {});
  await page.getByRole('main').waitFor();
  return page;
}

async function playAWord(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Transcript' }).getByText('Friday').first().click();
  await page.locator('[data-spoken]').waitFor();
}

async function correctAWord(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Find and replace' }).click();
  await page.getByRole('searchbox').fill('Friday');
  await page.getByRole('textbox', { name: 'Replace with' }).fill('Saturday');
  await page.getByRole('region', { name: 'Transcript' }).getByText('Friday').first().dblclick();
  await page.keyboard.type('this ');
  await page.locator('[data-saving="saved"]').waitFor();
}
