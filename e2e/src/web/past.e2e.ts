import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { seedPast } from './a-past.ts';
import { accessibilityFaults } from './accessibility.ts';
import { openBrowser, openPage } from './browser.ts';
import { rowOf } from './what-is-shown.ts';

/** More than the server looks through in one request. */
const jobs = 3_000;

describe('the page of a server that was used for a while', () => {
  let dataDir: string;
  let verbatim: Verbatim;
  let browser: Browser;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'verbatim-past-'));
    await seedPast(dataDir, { jobs });
    [verbatim, browser] = await Promise.all([
      Verbatim.start({ MAX_AUDIO_HOURS: String(3 / 3600) }, dataDir),
      openBrowser(),
    ]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await verbatim?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function visit(path = '/', options: BrowserContextOptions = {}) {
    const opened = await openPage(browser, options);
    onTestFinished(() => opened.context.close());
    await opened.page.goto(new URL(path, verbatim.baseUrl).href);
    return opened;
  }

  it('goes on searching until it finds what lies far back', async () => {
    const { page } = await visit();
    await rowOf(page, 'given up.mp3').waitFor();
    await page.getByRole('searchbox').fill('recording 7.mp3');
    await rowOf(page, 'recording 7.mp3').waitFor({ timeout: 60_000 });
  });

  it('can be scrolled through thousands of recordings, of which it draws those in sight', async () => {
    const { page } = await visit();
    await rowOf(page, 'given up.mp3').waitFor();
    for (let screens = 0; screens < 15; screens++) {
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      const known = 200 + 100 * screens;
      await waitFor('the next page', async () => (await knownJobs(page)) >= known);
    }
    expect(await page.getByRole('listitem').count()).toBeLessThan(60);
  });

  it('never hides what the keyboard is on behind what stands above', async () => {
    const { page } = await visit('/', { viewport: { width: 900, height: 600 } });
    await rowOf(page, 'given up.mp3').waitFor();
    await page.locator('a[data-job="0"]').focus();
    const press = async (key: string, leadsTo: number) => {
      await page.keyboard.press(key);
      await page.locator(`a[data-job="${leadsTo}"]:focus`).waitFor();
    };
    for (let row = 1; row <= 20; row++) await press('ArrowDown', row);
    for (let row = 19; row >= 8; row--) await press('ArrowUp', row);
    const row = await page.locator('a[data-job]:focus').boundingBox();
    const header = await page.getByRole('banner').boundingBox();
    expect(row?.y).toBeGreaterThanOrEqual(header?.height ?? 0);
  });

  it('filters by state and by age', async () => {
    const { page } = await visit();
    await rowOf(page, 'given up.mp3').waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Failed');
    await waitFor('the failed one alone', async () => (await page.getByRole('listitem').count()) === 1);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('All');
    await page.getByRole('combobox', { name: 'From' }).selectOption('Last day');
    // One a minute: a day holds 1,440 and little more.
    await waitFor('those of a day', async () => {
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      return (await knownJobs(page)) > 1_400;
    });
    expect(await knownJobs(page)).toBeLessThan(1_500);
  });

  it('shows Arabic from right to left, in the list as in the text', async () => {
    const { page } = await visit();
    const name = page.getByText('اجتماع الفريق.mp3');
    await name.waitFor();
    expect(await directionOf(name)).toBe('rtl');
    await name.click();
    const paragraph = page.getByRole('region', { name: 'Transcript' }).locator('p').first();
    await paragraph.waitFor();
    expect(await directionOf(paragraph)).toBe('rtl');
    expect(await directionOf(page.getByRole('heading', { level: 1 }))).toBe('rtl');
  });

  it('sends nothing of a recording that is longer than the server takes', async () => {
    const { page } = await visit();
    const created: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && created.push(request.url()));
    await page.locator('input[type=file]').first().setInputFiles(samplePath('en-short.wav'));
    await page.getByRole('alert').getByText('The recording is longer than this server accepts').waitFor();
    expect(created).toEqual([]);
  });

  it('says what is kept no longer', async () => {
    const { page } = await visit();
    await page.getByRole('link', { name: /long ago/ }).click();
    await page.getByText('The recording was removed').waitFor();
    await page.getByText('The transcript was removed').waitFor();
    expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('shows operators what was done by the day and what was given up', async () => {
    const { page } = await visit('/operation');
    await page.getByRole('img', { name: 'Audio transcribed in each hour' }).waitFor();
    const table = page.getByRole('table').filter({ hasText: 'Given up' });
    expect(await table.getByRole('row').count()).toBe(8);
    await page.getByText('EngineCrashed: SIGSEGV').waitFor();
  });

  it.each(['light', 'dark'] as const)('has no accessibility fault, when it is %s', async (colorScheme) => {
    const { page } = await visit('/operation', { colorScheme });
    await page.getByText('EngineCrashed: SIGSEGV').waitFor();
    await page.getByRole('img', { name: 'Audio transcribed in each hour' }).waitFor();
    expect(await accessibilityFaults(page), 'the operators’ view').toEqual([]);

    await page.goto(new URL('/jobs/no-such-job', verbatim.baseUrl).href);
    await page.getByText('There is no such page').waitFor();
    expect(await accessibilityFaults(page), 'what is not there').toEqual([]);

    await page.goto(verbatim.baseUrl);
    await page.getByText('اجتماع الفريق.mp3').click();
    await page.getByRole('region', { name: 'Transcript' }).locator('p').first().waitFor();
    expect(await accessibilityFaults(page), 'an Arabic transcript').toEqual([]);

    await page.goto(verbatim.baseUrl);
    await page.getByRole('link', { name: /given up/ }).click();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await accessibilityFaults(page), 'a failed one').toEqual([]);

    await page.goto(verbatim.baseUrl);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
    expect(await accessibilityFaults(page), 'the recorder').toEqual([]);

    await page.route('**/v1/session', (route) => route.abort());
    await page.goto(verbatim.baseUrl);
    await page.getByRole('heading', { name: 'The server can’t be reached' }).waitFor();
    expect(await accessibilityFaults(page), 'no server').toEqual([]);
    await page.unroute('**/v1/session');
    await rowOf(page, 'given up.mp3').waitFor();
  });
});

/** How many recordings the list has heard of, drawn or not. */
async function knownJobs(page: Page): Promise<number> {
  const first = page.getByRole('listitem').first();
  return Number(await first.getAttribute('aria-setsize'));
}

/** Runs in the page, which has what the types of the tests do not know. */
function directionOf(element: Locator): Promise<string> {
  return element.evaluate((node) => {
    const page = globalThis as unknown as { getComputedStyle(of: unknown): { direction: string } };
    return page.getComputedStyle(node).direction;
  });
}
