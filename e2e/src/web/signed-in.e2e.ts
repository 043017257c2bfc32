import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { accessibilityFaults } from './accessibility.ts';
import { openBrowser, openPage } from './browser.ts';
import { rowOf } from './what-is-shown.ts';

const anasKey = 'a-key-of-ana-for-the-journeys-aaaaaaaa';
const bobsKey = 'a-key-of-bob-for-the-journeys-bbbbbbbb';

describe('the page of a server with keys', () => {
  let verbatim: Verbatim;
  let browser: Browser;
  beforeAll(async () => {
    // The simulated engine takes its time, so that there is something to watch.
    const env = {
      API_KEYS: `laptop:${anasKey}:ana::operator,phone:${bobsKey}:bob`,
      ENGINE: 'simulated',
      SIM_RTF: '0.04',
      CHUNK_SECONDS: '120',
    };
    [verbatim, browser] = await Promise.all([Verbatim.start(env), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await verbatim[Symbol.asyncDispose]();
  });

  async function visit(options: BrowserContextOptions = {}) {
    const opened = await openPage(browser, options);
    onTestFinished(() => opened.context.close());
    await opened.page.goto(verbatim.baseUrl);
    return opened;
  }

  async function signIn(page: Page, key: string, { stay = false } = {}): Promise<void> {
    await page.getByRole('textbox', { name: 'API key' }).fill(key);
    if (stay) await page.getByRole('checkbox', { name: 'Stay signed in' }).check();
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function send(page: Page, name: string): Promise<void> {
    await page.locator('input[type=file]').first().setInputFiles(samplePath(name));
    await rowOf(page, name).waitFor();
  }

  it('asks for a key, refuses a wrong one, and forgets the right one with the tab', async () => {
    const { page } = await visit();
    await signIn(page, 'not-a-key-of-anybody-at-all-xxxxxxxxxxxx');
    await page.getByText('The server does not know this key').waitFor();
    await signIn(page, bobsKey);
    await page.getByText('Drop recordings or folders here').waitFor();
    expect(await page.getByRole('link', { name: 'Operation' }).count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'signs people in without an accessibility fault, when it is %s',
    async (colorScheme) => {
      const { page } = await visit({ colorScheme });
      await signIn(page, 'not-a-key-of-anybody-at-all-xxxxxxxxxxxx');
      await page.getByText('The server does not know this key').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );

  it('keeps who wants to stay signed in, plays their audio, and lets them go', async () => {
    const { page, context } = await visit();
    await signIn(page, anasKey, { stay: true });
    await page.getByText('This server runs on the simulated engine').waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    await page.reload();
    await send(page, 'en-short.wav');
    await rowOf(page, 'en-short.wav').getByText('Done').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /en-short/ }).click();
    await page.getByText('Invented by the simulated engine').waitFor();
    await playsAudio(page);

    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('As ana, with the key “laptop”').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('asks for the key again in every tab of who has signed out in one of them', async () => {
    const { page, context } = await visit();
    await signIn(page, anasKey, { stay: true });
    await page.getByText('Drop recordings or folders here').waitFor();
    const other = await context.newPage();
    await other.goto(`${verbatim.baseUrl}/settings`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('searchbox').fill('whatever');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('plays audio also for a key that only the tab knows', async () => {
    const { page } = await visit();
    await signIn(page, bobsKey);
    await send(page, 'es-short.wav');
    await rowOf(page, 'es-short.wav').getByText('Done').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /es-short/ }).click();
    await playsAudio(page);
  });

  it('shows the text of a long recording as it comes, through a restart of the server', async () => {
    const { page } = await visit();
    await signIn(page, anasKey);
    await send(page, 'en-twelve-minutes.mp3');
    await page.getByRole('link', { name: /en-twelve-minutes/ }).click();
    await page.getByText('So far: the rest is still being transcribed.').waitFor({ timeout: 60_000 });
    const text = page.getByRole('region', { name: 'Transcript' });
    await text.locator('p').first().waitFor();

    await verbatim.interrupt();
    await page.getByText('The server can’t be reached').waitFor({ timeout: 15_000 });
    await text.locator('p').first().waitFor();
    await verbatim.startAgain();
    await page.getByText('The server can’t be reached').waitFor({ state: 'detached', timeout: 15_000 });
    await page
      .getByText('So far: the rest is still being transcribed.')
      .waitFor({ state: 'detached', timeout: 90_000 });
    await text.locator('p').first().waitFor();
  });

  it('answers in every tab while recordings run, though a browser keeps six connections to a server', async () => {
    const { page, context } = await visit();
    await signIn(page, bobsKey, { stay: true });
    const four = Array.from({ length: 4 }, () => samplePath('en-twelve-minutes.mp3'));
    await page.locator('input[type=file]').first().setInputFiles(four);
    await page
      .getByRole('link', { name: /en-twelve-minutes/ })
      .nth(3)
      .waitFor();
    await page.getByRole('progressbar', { name: 'In work' }).first().waitFor({ timeout: 60_000 });
    const tabs = [page, await context.newPage(), await context.newPage()];
    for (const tab of tabs.slice(1)) {
      await tab.goto(verbatim.baseUrl);
      await tab
        .getByRole('link', { name: /en-twelve-minutes/ })
        .nth(3)
        .waitFor();
    }
    for (const tab of tabs) {
      await tab.getByRole('searchbox').fill('nothing like it');
      await tab.getByText('Nothing fits this search.').waitFor({ timeout: 10_000 });
    }
  });
});

/** The words are lit as they are spoken, and the clock runs. */
async function playsAudio(page: Page): Promise<void> {
  const position = page.getByRole('slider', { name: 'Position in the recording' });
  await position.waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  await waitFor('the clock to run', async () => Number(await position.inputValue()) >= 1);
}
