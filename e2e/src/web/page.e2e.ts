import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Verbatim } from '../drivers/verbatim.ts';
import { openBrowser, openPage } from './browser.ts';

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

  it('opens without a complaint, and says plainly that the model is the demo', async () => {
    const { page, complaints, context } = await openPage(browser);
    await page.goto(verbatim.baseUrl);
    await page.getByRole('banner').getByText('Verbatim').waitFor();
    await page.getByText('This server runs on the demo model').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
