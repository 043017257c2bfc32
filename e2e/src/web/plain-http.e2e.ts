import { expect, it } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { openBrowser, openPage } from './browser.ts';
import { rowOf } from './what-is-shown.ts';

const key = 'a-key-of-ana-for-the-journeys-aaaaaaaa';
const hostName = 'box.test';

/** As in a home network: there browsers keep clipboard, microphone, locks and more to themselves. */
it('the page works over plain http from another machine', async () => {
  await using verbatim = await Verbatim.start({ HOST: '127.0.0.1', API_KEYS: `laptop:${key}:ana` });
  const address = `http://${hostName}:${new URL(verbatim.baseUrl).port}`;
  await verbatim.interrupt();
  await verbatim.startAgain({ PUBLIC_URL: address });
  const browser = await openBrowser({ hostName });
  try {
    const { page, complaints } = await openPage(browser);
    await page.goto(address);
    expect(await page.evaluate('isSecureContext'), 'it is what this is about').toBe(false);
    await page.getByRole('textbox', { name: 'API key' }).fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('input[type=file]').first().setInputFiles(samplePath('en-short.wav'));
    await rowOf(page, 'en-short.wav').getByText('Done').waitFor({ timeout: 60_000 });

    await page.getByRole('link', { name: /en-short/ }).click();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByText('Copied').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search in the text' });
    await search.focus();
    await page.keyboard.press('Control+V');
    expect(await search.inputValue()).toContain(trueText('en-short.wav').slice(0, 12));
    await page.getByRole('link', { name: 'All transcripts' }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('alert').getByText('needs https').waitFor();
    // Chromium also complains of a header that it ignores there, and of the question who one is.
    expect(complaints.filter((complaint) => /^\w*Error:/.test(complaint))).toEqual([]);
  } finally {
    await browser.close();
  }
});
