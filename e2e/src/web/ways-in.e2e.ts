import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { openBrowser, openPage } from './browser.ts';
import { rowOf, words } from './what-is-shown.ts';

/** Of the browser's audio element what the types of the tests do not know. */
interface Sound {
  play(): Promise<void>;
  currentTime: number;
}

describe('audio comes into the page', () => {
  let verbatim: Verbatim;
  let browser: Browser;
  beforeAll(async () => {
    const microphone = samplePath('en-short.wav');
    [verbatim, browser] = await Promise.all([Verbatim.start(), openBrowser({ microphone })]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await verbatim[Symbol.asyncDispose]();
  });

  async function visit(options: BrowserContextOptions = {}) {
    const opened = await openPage(browser, options);
    onTestFinished(() => opened.context.close());
    await opened.page.goto(verbatim.baseUrl);
    await opened.page.getByText('Drop recordings or folders here').waitFor();
    return opened;
  }

  async function isTranscribed(page: Page, name: string): Promise<void> {
    await rowOf(page, name).getByText('Done').waitFor({ timeout: 60_000 });
  }

  it('from the microphone', async () => {
    const { page, complaints } = await visit({ permissions: ['microphone'] });
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('timer').filter({ hasText: '0:06' }).waitFor({ timeout: 20_000 });
    // Nothing is lost by a slip
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    const preview = page.locator('audio');
    await preview.evaluate((audio) => (audio as unknown as Sound).play());
    await waitFor('it to be heard again', () =>
      preview.evaluate((audio) => (audio as unknown as Sound).currentTime > 1),
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Transcribe', exact: true }).click();
    await isTranscribed(page, 'Recording');
    await page.getByRole('link', { name: /Recording/ }).click();
    const text = page.getByRole('region', { name: 'Transcript' });
    await text.locator('p').first().waitFor();
    expect(words(await text.locator('p').allTextContents())).toContain(
      trueText('en-short.wav').split(' ').slice(1, 4).join(' '),
    );
    expect(complaints).toEqual([]);
  });

  it('from no microphone where there is none, and says so', async () => {
    const { page } = await visit();
    await page.evaluate(
      `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'))`,
    );
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('alert').getByText('No microphone was found').waitFor();
  });

  it('from the clipboard', async () => {
    const { page } = await visit();
    const bytes = (await readFile(samplePath('en-short.wav'))).toString('base64');
    // As browsers tell of files that were copied: tests can't put files on the clipboard of the system.
    await page.evaluate(`{
      const file = new File([Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0))], 'pasted.wav', { type: 'audio/wav' });
      const clipboardData = new DataTransfer();
      clipboardData.items.add(file);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }`);
    await isTranscribed(page, 'pasted.wav');
  });

  it('in a folder that is dropped, and in one that is chosen; what is no recording is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-dropped-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'dropped.wav'), await readFile(samplePath('en-short.wav')));
    await writeFile(join(folder, 'notes.txt'), 'no recording');

    const { page, context } = await visit();
    const devtools = await context.newCDPSession(page);
    const box = await page.getByText('Drop recordings or folders here').boundingBox();
    const drop = async (x: number, y: number, path: string) => {
      const data = { items: [], files: [path], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await devtools.send('Input.dispatchDragEvent', { type, x, y, data });
      }
    };
    await drop(Math.round(box?.x ?? 0) + 20, Math.round(box?.y ?? 0) + 5, folder);
    await page.getByText('“notes.txt” is neither audio nor video.').waitFor();
    await isTranscribed(page, 'dropped.wav');
    const rows = page.getByRole('link', { name: /dropped\.wav/ });
    expect(await rows.count()).toBe(1);

    // Who misses the box has dropped it all the same
    const list = await rows.first().boundingBox();
    await page.getByRole('button', { name: 'Dismiss' }).first().click();
    await drop(Math.round(list?.x ?? 0) + 40, Math.round(list?.y ?? 0) + 10, join(folder, 'notes.txt'));
    await page.getByText('“notes.txt” is neither audio nor video.').waitFor();

    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await page.getByText('“notes.txt” is neither audio nor video.').waitFor();
    await waitFor('the chosen one to be there as well', async () => (await rows.count()) === 2);
  });
});
