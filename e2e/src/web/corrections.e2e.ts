import type { Transcript } from '@verbatim/domain';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { accessibilityFaults } from './accessibility.ts';
import { openBrowser, openPage } from './browser.ts';

describe('correcting a transcript', () => {
  let verbatim: Verbatim;
  let browser: Browser;
  let jobId: string;
  beforeAll(async () => {
    [verbatim, browser] = await Promise.all([Verbatim.start(), openBrowser()]);
    ({ jobId } = await verbatim.client.upload(samplePath('en-one-minute.mp3')));
    await verbatim.client.announceUpload(jobId);
    await verbatim.client.waitUntil(jobId, 'COMPLETED');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await verbatim[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    const { segments } = await verbatim.client.json<Transcript>(`${path()}?version=original`);
    const body = JSON.stringify({ segments: segments.map(({ id, text }) => ({ id, text })) });
    const headers = { 'If-Match': '*', 'content-type': 'application/json' };
    await verbatim.client.json(path(), { method: 'PUT', headers, body });
  });

  function path(): string {
    return `/v1/jobs/${jobId}/transcript`;
  }

  async function open() {
    const opened = await openPage(browser, { acceptDownloads: true });
    onTestFinished(() => opened.context.close());
    await opened.page.goto(`${verbatim.baseUrl}/jobs/${jobId}`);
    await textOf(opened.page).getByText('Friday').first().waitFor();
    return opened;
  }

  async function stored(query = ''): Promise<string> {
    return (await verbatim.client.fetch(`${path()}?format=txt${query}`)).text();
  }

  it('is done by the keyboard alone, saved by itself, and taken along as subtitles', async () => {
    const { page, complaints } = await open();
    await page.keyboard.press('F2');
    await field(page).waitFor();
    const first = await field(page).inputValue();
    await page.keyboard.type('Hello! ');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.type(' Indeed.');
    await saved(page);
    // Escape takes back what was done to this paragraph, and leads out
    await page.keyboard.press('Escape');
    await field(page).waitFor({ state: 'detached' });
    await saved(page);
    await expect.poll(() => stored()).toContain(`Hello! ${first}`);
    expect(await stored()).not.toContain('Indeed.');
    expect(await stored('&version=original')).not.toContain('Hello!');

    // The spoken word is lit, also one that the engine never heard
    await textOf(page).getByText('Hello!', { exact: true }).click();
    await page.locator('[data-spoken]').waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Subtitles (.srt)' }).press('Enter');
    const subtitles = await streamText(await (await saving).createReadStream());
    expect(subtitles).toMatch(/^1\n00:00:00,\d{3} --> .+\nHello! /);
    await page.reload();
    await textOf(page).getByText('Hello!', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('takes what is pasted for text, whatever it is', async () => {
    const { page, complaints } = await open();
    await page.keyboard.press('F2');
    await page.keyboard.insertText('<img src=x onerror=alert(1)>\n\n<b>bold</b> ');
    await page.keyboard.press('Tab');
    await saved(page);
    await textOf(page).getByText('<img', { exact: true }).waitFor();
    expect(await textOf(page).locator('img, b').count()).toBe(0);
    expect(await stored()).toMatch(/^<img src=x onerror=alert\(1\)> <b>bold<\/b> /);
    expect(complaints).toEqual([]);
  });

  it.each([
    [1180, 500],
    [360, 640],
  ])(
    'leads from one found place to the next, with its buttons in sight, at %d by %d',
    async (width, height) => {
      const { page } = await open();
      await page.setViewportSize({ width, height });
      await page.getByRole('searchbox').fill('recording');
      const next = page.getByRole('button', { name: 'Next match' });
      await next.click();
      await page.locator('[data-found]').waitFor();
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      const top = async (what: typeof next) => (await what.boundingBox())?.y ?? -1;
      const player = page.getByRole('button', { name: 'Play', exact: true });
      await expect.poll(async () => (await top(next)) > (await top(player))).toBe(true);
      expect(await page.evaluate('window.scrollY')).toBeGreaterThan(0);
    },
  );

  it('replaces what it finds, one by one or all at once, and undoes it', async () => {
    const before = await stored();
    const { page } = await open();
    const count = before.match(/the/gi)?.length ?? 0;
    await page.getByRole('searchbox').fill('THE');
    await page.getByRole('button', { name: 'Find and replace' }).click();
    await page.getByText(`1 of ${count}`).waitFor();
    await page.getByRole('checkbox', { name: 'Match case' }).check();
    await page.getByText('Not found').waitFor();
    await page.getByRole('checkbox', { name: 'Match case' }).uncheck();
    await page.getByRole('textbox', { name: 'Replace with' }).fill('$1');
    await page.getByRole('button', { name: 'Replace', exact: true }).click();
    await page.getByText(`1 of ${count - 1}`).waitFor();
    await page.getByRole('button', { name: `Replace all (${count - 1})` }).click();
    await page.getByText('Not found').waitFor();
    await saved(page);
    expect(await stored()).toBe(before.replace(/the/gi, '$$1'));
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await saved(page);
    expect(await stored()).toBe(before);
  });

  it('names the speakers everywhere, by the keyboard alone, and takes that back with the version', async () => {
    const { jobId: call } = await verbatim.client.upload(samplePath('en-two-channels.ogg'), {
      channels: 'separate',
    });
    await verbatim.client.announceUpload(call);
    await verbatim.client.waitUntil(call, 'COMPLETED');
    const { page, complaints } = await openPage(browser);
    onTestFinished(() => page.context().close());
    await page.goto(`${verbatim.baseUrl}/jobs/${call}`);
    const speaker = (name: string) => textOf(page).getByRole('button', { name, exact: true });

    await speaker('Speaker 1').first().press('Enter');
    await page.getByLabel('Name, everywhere in this transcript').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.type('Speaker 2');
    await page.keyboard.press('Enter');
    await page.getByText('Another speaker of this transcript has this name already.').waitFor();
    await page.getByLabel('Name, everywhere in this transcript').fill('Ana García');
    await page.keyboard.press('Enter');
    await speaker('Ana García').first().waitFor();
    await page.getByLabel('Name, everywhere in this transcript').waitFor({ state: 'detached' });
    expect(await speaker('Speaker 1').count()).toBe(0);
    expect(await page.locator(':focus').textContent()).toBe('Ana García');
    const text = await (await verbatim.client.fetch(`/v1/jobs/${call}/transcript?format=txt`)).text();
    expect(text).toMatch(/^Ana García: .*^Speaker 2: /ms);
    expect(text).not.toContain('Speaker 1');

    await page.getByRole('button', { name: 'Versions' }).click();
    await page.getByRole('menuitem', { name: /^Original/ }).click();
    await page.getByRole('button', { name: 'Go back to this version' }).click();
    await speaker('Speaker 1').first().waitFor();
    await expect.poll(() => speaker('Ana García').count()).toBe(0);
    // The browser's own word for the name that was taken.
    expect(complaints).toEqual([expect.stringContaining('422')]);
  });

  it('brings together what two tabs changed, and asks where it is the same place', async () => {
    const [{ page: one }, { page: other }] = [await open(), await open()];
    await write(one, 0, 'One. ');
    await write(other, 1, 'Other. ');
    await textOf(other).getByText('One.', { exact: true }).waitFor();
    const both = await stored();
    expect(both).toMatch(/^One\. /);
    expect(both).toContain('\n\nOther. ');

    await write(one, 1, 'Mine. ', { saves: false });
    await one.getByText('Somebody else corrected the same place').waitFor();
    expect(await accessibilityFaults(one)).toEqual([]);
    expect(await stored()).toBe(both);
    await one.getByRole('button', { name: 'Keep mine' }).click();
    await saved(one);
    expect(await stored()).toBe(both.replace('Other.', 'Mine.'));

    await write(other, 1, 'Late. ', { saves: false });
    await other.getByRole('button', { name: 'Take the other' }).click();
    await textOf(other).getByText('Mine.', { exact: true }).waitFor();
  });

  it('shows older versions, takes them along and goes back to them', async () => {
    const before = await stored();
    const { page } = await open();
    await write(page, 0, 'Changed. ');
    await page.getByRole('button', { name: 'Versions' }).click();
    await page.getByRole('menuitem', { name: 'Original' }).click();
    await page.getByText('This is an older version.').waitFor();
    await textOf(page).getByText('Changed.').waitFor({ state: 'detached' });
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('menuitem', { name: 'Text (.txt)' }).click();
    expect(await streamText(await (await saving).createReadStream())).toBe(before);
    await page.getByRole('button', { name: 'Go back to this version' }).click();
    await saved(page);
    expect(await stored()).toBe(before);
  });

  it('keeps what is typed while the server is away, saves it afterwards, and can still undo it', async () => {
    const { page } = await open();
    await write(page, 0, 'Before. ');
    const before = await stored();
    const gone = page.getByRole('status').getByText('The server can’t be reached');
    await verbatim.interrupt();
    await write(page, 1, 'Meanwhile. ', { saves: false });
    await page.locator('[data-saving="failed"]').waitFor();
    await gone.waitFor();
    await textOf(page).getByText('Meanwhile.', { exact: true }).waitFor();
    // When it is back the page reads everything again, the text as it was saved before, too
    const readAgain = page.waitForResponse((answer) => answer.url().includes('/transcript?') && answer.ok());
    await verbatim.startAgain();
    await readAgain;
    await gone.waitFor({ state: 'detached' });
    await saved(page);
    await textOf(page).getByText('Meanwhile.', { exact: true }).waitFor();
    expect(await stored()).toContain('\n\nMeanwhile. ');
    await page.getByRole('button', { name: 'Undo' }).click();
    await saved(page);
    expect(await stored()).toBe(before);
  });

  it('saves the last letter of who closes the tab while he types', async () => {
    const { page } = await open();
    // Asked whether to leave; on a slow machine all may be saved before.
    page.on('dialog', (dialog) => dialog.accept());
    await page.keyboard.press('F2');
    await field(page).waitFor();
    await page.keyboard.type('And last of all. ');
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => stored()).toContain('And last of all.');
  });

  it('says so when a download fails', async () => {
    const { page } = await open();
    await page.route(/download|session/, (route) => route.abort());
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('menuitem', { name: 'Text (.txt)' }).click();
    // In a notice; and above everything, until a request is answered again
    const said = page.getByRole('status').getByText('The server can’t be reached');
    await expect.poll(() => said.count()).toBe(2);
    await page.unroute(/download|session/);
    await expect.poll(() => said.count()).toBe(1);
  });

  it('has no accessibility fault while one corrects, light and dark', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Find and replace' }).click();
    await page.getByRole('button', { name: 'Correct', exact: true }).click();
    await page.keyboard.type('Something ');
    await saved(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityFaults(page), colorScheme).toEqual([]);
    }
  });
});

function textOf(page: Page) {
  return page.getByRole('region', { name: 'Transcript' });
}

function field(page: Page) {
  return textOf(page).getByRole('textbox');
}

async function saved(page: Page): Promise<void> {
  await page.locator('[data-saving="saved"]').waitFor();
}

/** At the beginning of a paragraph. */
async function write(page: Page, paragraph: number, text: string, { saves = true } = {}): Promise<void> {
  await page.locator(`[data-index="${paragraph}"] [data-correct]`).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  if (saves) await saved(page);
}

async function streamText(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
