import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { accessibilityFaults } from './accessibility.ts';
import { openBrowser, openPage } from './browser.ts';

/** Six parts of 31,458 bytes, the last one shorter. */
const name = 'en-short.wav';
const parts = [1, 2, 3, 4, 5, 6];

describe('an upload in parts', () => {
  let verbatim: Verbatim;
  let browser: Browser;
  beforeAll(async () => {
    [verbatim, browser] = await Promise.all([Verbatim.start({ UPLOAD_PART_MIB: '0.03' }), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await verbatim[Symbol.asyncDispose]();
  });

  async function visit(options: BrowserContextOptions = {}) {
    const opened = await openPage(browser, options);
    onTestFinished(() => opened.context.close());
    const line = await watchParts(opened.page);
    await opened.page.goto(verbatim.baseUrl);
    await opened.page.getByText('or paste them').or(opened.page.getByText('o péguelas')).waitFor();
    return { ...opened, line };
  }

  it('goes on after a reload once its file is chosen again, with the parts that are missing', async () => {
    const { page, line } = await visit();
    line.letThrough = 2;
    await choose(page, samplePath(name));
    const there = await arrived(page, 2);

    await page.reload();
    await rowOf(page).getByText('63 kB of 159 kB have arrived').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    // Another file is not taken for it
    const other = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: `choose the file again: ${name}` }).click();
    await (await other).setFiles(samplePath('es-short.wav'));
    await page.getByRole('alert').getByText('That was another file').waitFor();

    line.letThrough = Number.POSITIVE_INFINITY;
    const before = line.sent.length;
    await choose(page, samplePath(name));
    await page.getByRole('link', { name: /en-short/ }).click();
    const text = page.getByRole('region', { name: 'Transcript' });
    await text.getByText('agree').waitFor({ timeout: 60_000 });
    expect((await text.locator('p').allTextContents()).join(' ').trim()).toBe(trueText(name));
    expect(line.sent.slice(before).toSorted((a, b) => a - b)).toEqual(without(there));
    expect(await jobNames(), 'one job of all tries').toEqual([name]);

    // Nothing of it is left to be offered again
    await page.goto(verbatim.baseUrl);
    await page.getByRole('link', { name: /en-short/ }).waitFor();
    expect(await unfinished(page)).toEqual([]);
  });

  it('pauses, resumes, and goes on by itself when the connection comes back', async () => {
    const { page, line } = await visit();
    line.letThrough = 1;
    await choose(page, samplePath(name));
    const there = await arrived(page, 1);
    await page.getByRole('button', { name: `Pause ${name}` }).click();
    await rowOf(page).getByText('Paused').waitFor();
    await page.getByRole('status').getByText(`${name} is paused.`).waitFor({ state: 'attached' });
    expect(await accessibilityFaults(page)).toEqual([]);
    const paused = line.sent.length;

    line.isCut = true;
    await page.getByRole('button', { name: `Go on with ${name}` }).click();
    await rowOf(page).getByText('No connection').waitFor();
    line.isCut = false;
    line.letThrough = Number.POSITIVE_INFINITY;
    await rowOf(page).waitFor({ state: 'detached', timeout: 30_000 });
    expect(new Set(line.sent.slice(paused)), 'what had arrived was not sent again').toEqual(
      new Set(without(there)),
    );
    await page.getByText('Done').nth(1).waitFor({ timeout: 60_000 });
  });

  it('takes a file whole that is small', async () => {
    const { page, line } = await visit();
    const small = { name: 'small.wav', mimeType: 'audio/wav', buffer: Buffer.alloc(60_000) };
    await page.locator('input[type=file]').first().setInputFiles(small);
    await page.getByRole('link', { name: /small\.wav/ }).waitFor();
    await waitFor('it to be there', async () => (await jobNames()).includes('small.wav'));
    expect(line.sent).toEqual([]);
  });

  it('is forgotten with its job and its parts when it is taken away, in Spanish and on a phone too', async () => {
    const { page, line } = await visit({ locale: 'es-ES', viewport: { width: 360, height: 740 } });
    const others = await jobNames();
    line.letThrough = 1;
    await choose(page, samplePath(name));
    await arrived(page, 1);
    await page.reload();
    await page.getByText('Para continuar,').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.getByRole('button', { name: `Quitar ${name}` }).click();
    await waitFor('the job to be gone', async () => (await jobNames()).length === others.length);
    expect(await unfinished(page)).toEqual([]);
    await page.reload();
    await page.getByText('o péguelas').waitFor();
    expect(await page.getByText('Para continuar,').count()).toBe(0);
  });

  it('begins anew with a file that has changed', async () => {
    const { page, line } = await visit();
    line.letThrough = 1;
    await choose(page, samplePath(name));
    await arrived(page, 1);
    await page.reload();
    await rowOf(page).getByText('have arrived').waitFor();
    const changed = { name, mimeType: 'audio/wav', buffer: Buffer.alloc(159_008) };
    line.letThrough = 0;
    await choose(page, changed);
    // The old one waits for its own file, and a new one is on its way
    await waitFor(
      'a second row',
      async () =>
        (await page
          .getByRole('listitem')
          .filter({ has: page.getByRole('progressbar', { name }) })
          .count()) === 2,
    );
    await rowOf(page).getByText('have arrived').waitFor();
  });

  async function jobNames(): Promise<string[]> {
    const list = (await (await fetch(`${verbatim.baseUrl}/v1/jobs`)).json()) as {
      items: { fileName: string }[];
    };
    return list.items.map(({ fileName }) => fileName);
  }

  /** Resolves to which ones: they set out together, and any of them may be the first. */
  function arrived(page: Page, count: number): Promise<number[]> {
    return waitFor(`${count} parts to have arrived`, async () => {
      const [upload] = await unfinished(page);
      if (!upload) return null;
      const answer = await fetch(`${verbatim.baseUrl}/v1/jobs/${upload.jobId}/upload`);
      const { arrived } = (await answer.json()) as { arrived: { partNumber: number }[] };
      return arrived.length === count ? arrived.map(({ partNumber }) => partNumber) : null;
    });
  }
});

function without(there: number[]): number[] {
  return parts.filter((part) => !there.includes(part));
}

/** The way to storage: parts are counted as they set out, and only so many get through. */
async function watchParts(page: Page) {
  const line = { sent: [] as number[], letThrough: Number.POSITIVE_INFINITY, isCut: false };
  await page.route('**/storage/**', async (route: Route) => {
    const partNumber = new URL(route.request().url()).searchParams.get('partNumber');
    if (partNumber === null) return route.continue();
    if (line.isCut) return route.abort('internetdisconnected');
    line.sent.push(Number(partNumber));
    // The others hang, as on a line that has become very slow.
    if (line.letThrough-- > 0) await route.continue();
  });
  return line;
}

function unfinished(page: Page): Promise<{ jobId: string }[]> {
  return page.evaluate<{ jobId: string }[]>(
    `JSON.parse(localStorage.getItem('verbatim.unfinished-uploads') ?? '[]')`,
  );
}

function choose(
  page: Page,
  file: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0],
): Promise<void> {
  return page.locator('input[type=file]').first().setInputFiles(file);
}

/** In the list of uploads. */
function rowOf(page: Page) {
  return page.getByRole('list', { name: 'Uploads' }).getByRole('listitem').filter({ hasText: name }).first();
}
