import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { accessibilityFaults } from './accessibility.ts';
import { openBrowser, openPage } from './browser.ts';
import { rowOf, words } from './what-is-shown.ts';

describe('the page', () => {
  let verbatim: Verbatim;
  let browser: Browser;
  beforeAll(async () => {
    [verbatim, browser] = await Promise.all([Verbatim.start(), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await verbatim[Symbol.asyncDispose]();
  });

  async function visit(path = '/', options: BrowserContextOptions = {}) {
    const opened = await openPage(browser, options);
    onTestFinished(() => opened.context.close());
    await opened.page.goto(new URL(path, verbatim.baseUrl).href);
    return opened;
  }

  async function upload(page: Page, name: string): Promise<void> {
    await page.locator('input[type=file]').first().setInputFiles(samplePath(name));
    await rowOf(page, name).getByText('Done').waitFor({ timeout: 60_000 });
  }

  it('says on its first view what to do, and shows it in one click', async () => {
    const { page, complaints } = await visit();
    await page.getByText('This server runs on the demo model').waitFor();
    await page.getByRole('button', { name: 'Try it with a sample' }).click();
    await rowOf(page, 'One minute in English').getByText('Done').waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
  });

  it('weighs less than 200 KB on its first view, compressed', async () => {
    const index = await (await fetch(verbatim.baseUrl)).text();
    const files = [...index.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThan(5);
    const sizes = files.map(async (path) => {
      const body = await (await fetch(verbatim.baseUrl + path)).arrayBuffer();
      return gzipSync(Buffer.from(body)).length;
    });
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(200_000);
  });

  it('turns a dropped file into text in step with its sound, to find in, save and share', async () => {
    const { page, context, complaints } = await visit('/', { acceptDownloads: true });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await upload(page, 'en-short.wav');
    await page.getByRole('link', { name: /en-short/ }).click();

    // The text is what was said
    const text = page.getByRole('region', { name: 'Transcript' });
    await text.getByText('agree').waitFor();
    expect(words(await text.locator('p').allTextContents())).toBe(trueText('en-short.wav'));

    // A click on a word plays from there, and lights it
    await text.getByText('Sunday').click();
    await text.locator('[data-spoken]').getByText('Sunday').waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();

    // Found words are marked
    await page.getByRole('searchbox', { name: 'Search in the text' }).fill('is blue');
    await page.getByText('1 of 1').waitFor();
    expect(await text.locator('[data-found]').allTextContents()).toEqual(['is', 'blue.']);

    // The file that is saved holds the same text
    await page.getByRole('button', { name: 'Download' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Text (.txt)' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('en-short.txt');

    // And the link shows it to whoever has it
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('for 24 hours').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(words([await (await fetch(link)).text()])).toBe(trueText('en-short.wav'));
    expect(complaints).toEqual([]);
  });

  it('refuses what is no recording before it is sent, with a sentence', async () => {
    const { page } = await visit();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') });
    await page.getByText('“notes.pdf” is neither audio nor video.').waitFor();

    const pictures = Array.from({ length: 40 }, (_, number) => ({
      ...{ name: `${number}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from('x') },
    }));
    await page.locator('input[type=file]').first().setInputFiles(pictures);
    await page.getByText('And 35 more files.').waitFor();
  });

  it('says so when a file is gone by the time that it is sent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-gone-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'gone.wav');
    // Playwright copies what is small.
    await writeFile(file, Buffer.alloc(60_000_000));
    const { page } = await visit();
    await page.route('**/v1/jobs', async (route) => {
      if (route.request().method() === 'POST') await rm(file, { force: true });
      await route.continue();
    });
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByRole('alert').getByText('This file was changed or moved').waitFor();
    await page.getByRole('button', { name: 'Take gone.wav away' }).click();
  });

  it('tells why a job failed, and can try it again', async () => {
    const { page } = await visit();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'noise.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('not a recording') });
    await rowOf(page, 'noise.mp3').getByText('Failed').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /noise\.mp3/ }).click();
    await page.getByText('We could not read this file as audio').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('We could not read this file as audio').waitFor({ timeout: 30_000 });
  });

  it('deletes after six seconds, in which it can be undone', async () => {
    const { page } = await visit();
    await upload(page, 'es-short.wav');
    const row = rowOf(page, 'es-short.wav');
    const remove = async () => {
      await row.getByRole('button', { name: 'Actions for es-short.wav' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await row.waitFor({ state: 'detached' });
    };
    await remove();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    await remove();
    await waitFor('the server to have forgotten it', async () => {
      const list = await (await fetch(`${verbatim.baseUrl}/v1/jobs`)).text();
      return !list.includes('es-short.wav');
    });
  });

  it('speaks Spanish, remembers it, and fits a phone', async () => {
    const { page } = await visit('/settings', { viewport: { width: 360, height: 740 } });
    await page.getByText('Español').click();
    await page.getByRole('heading', { name: 'Ajustes' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Ajustes' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('es');
    for (const path of ['/', '/settings']) {
      await page.goto(new URL(path, verbatim.baseUrl).href);
      await page.getByRole('banner').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(360);
    }
  });

  it('can be used by the keyboard alone', async () => {
    const { page } = await visit();
    await rowOf(page, 'en-short.wav').waitFor();
    const first = page.locator('a[data-job="0"]');
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('a[data-job="1"]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('a[data-job="0"]:focus').waitFor();
    const name = await first.textContent();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(name).toContain(await page.getByRole('heading', { level: 1 }).textContent());
  });

  it('plays and pauses by the space bar, which presses the button that the keyboard is on', async () => {
    const { page } = await visit();
    await page.getByRole('link', { name: /en-short/ }).click();
    await page.getByRole('region', { name: 'Transcript' }).getByText('Sunday').click();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();

    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Download' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('menuitem', { name: 'Text (.txt)' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  });

  it('says when the browser can’t play a recording', async () => {
    const { page } = await visit();
    await page.route('**', (route) =>
      route.request().resourceType() === 'media'
        ? route.fulfill({ contentType: 'audio/aiff', body: 'FORM' })
        : route.fallback(),
    );
    await page.getByRole('link', { name: /en-short/ }).click();
    await page.getByText('This browser can’t play this kind of recording').waitFor();
  });

  it('works where the browser keeps nothing for it', async () => {
    const { page } = await visit('/settings');
    await page.addInitScript(
      `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })`,
    );
    await page.reload();
    await page.getByText('Español').click();
    await page.getByRole('heading', { name: 'Ajustes' }).waitFor();
  });

  it('keeps everything else when a view can’t be fetched', async () => {
    const { page } = await visit();
    await rowOf(page, 'en-short.wav').waitFor();
    await page.route('**/assets/settings-view*', (route) => route.abort());
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('alert').getByText('Something went wrong on this page').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('banner').getByText('Verbatim').click();
    await rowOf(page, 'en-short.wav').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility fault in any view, when it is %s',
    async (colorScheme) => {
      const { page } = await visit('/', { colorScheme });
      await rowOf(page, 'en-short.wav').waitFor();
      expect(await accessibilityFaults(page), 'the list').toEqual([]);
      await page.getByRole('button', { name: 'Options', exact: true }).click();
      await page.getByLabel('Names and terms to expect').waitFor();
      expect(await accessibilityFaults(page), 'the options').toEqual([]);
      await page.getByRole('link', { name: /en-short/ }).click();
      await page.getByRole('region', { name: 'Transcript' }).getByText('agree').waitFor();
      expect(await accessibilityFaults(page), 'a transcript').toEqual([]);
      await page.goto(new URL('/settings', verbatim.baseUrl).href);
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      expect(await accessibilityFaults(page), 'the settings').toEqual([]);
      await page.getByRole('link', { name: 'Operation' }).click();
      await page.getByText('whisper-server').first().waitFor();
      await page.getByText('No job was given up').waitFor();
      expect(await accessibilityFaults(page), 'the operators’ view').toEqual([]);
    },
  );

  it('shows a hostile file name as text', async () => {
    const { page, complaints } = await visit();
    const name = '<img src=x onerror=alert(1)>.wav';
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name, mimeType: 'audio/wav', buffer: Buffer.from('RIFF') });
    await page.getByText(name).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds recordings by their names, and again for who comes back from one', async () => {
    const { page } = await visit();
    await rowOf(page, 'en-short.wav').waitFor();
    await page.getByRole('searchbox', { name: 'Search by file name' }).fill('ONE MIN');
    await rowOf(page, 'en-short.wav').waitFor({ state: 'detached' });
    await rowOf(page, 'One minute in English').waitFor();
    await page.getByRole('link', { name: /One minute in English/ }).click();
    const text = page.getByRole('region', { name: 'Transcript' });
    await text.waitFor();
    expect(await page.title()).toBe('One minute in English.mp3 · Verbatim');
    expect(await text.getAttribute('lang')).toBe('en');
    await page.goBack();
    await rowOf(page, 'One minute in English').waitFor();
    expect(await page.title()).toBe('Transcripts · Verbatim');
    expect(await page.getByRole('searchbox').inputValue()).toBe('ONE MIN');
    expect(await rowOf(page, 'en-short.wav').count()).toBe(0);
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('Nothing fits this search.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await rowOf(page, 'en-short.wav').waitFor();
  });

  it('says that the server is gone, keeps what it shows, and goes on by itself', async () => {
    const { page } = await visit();
    await rowOf(page, 'en-short.wav').waitFor();
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    await verbatim.interrupt();
    await page.getByRole('searchbox', { name: 'Search by file name' }).fill('one min');
    const gone = page.getByRole('status').getByText('The server can’t be reached');
    await gone.waitFor();
    await rowOf(page, 'en-short.wav').waitFor();
    // It tries four times by itself. What comes after that hangs on the server's return alone.
    await waitFor(
      'the search to be given up',
      () => failed.filter((url) => url.includes('q=one')).length > 3,
    );
    await verbatim.startAgain();
    await gone.waitFor({ state: 'detached', timeout: 30_000 });
    await rowOf(page, 'One minute in English').waitFor();
    await rowOf(page, 'en-short.wav').waitFor({ state: 'detached' });
  });
});
