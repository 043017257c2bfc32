import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser of the machine; `npm test` installs Debian's where there is none. */
export function openBrowser({
  microphone,
  hostName,
}: {
  microphone?: string;
  /** Leads to this machine; browsers trust a page from there as little as one of any other machine. */
  hostName?: string;
} = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath(),
    // Chromium's own sandbox does not start for root; the pages under test are our own.
    args: [
      ...['--no-sandbox', '--disable-dev-shm-usage'],
      ...(microphone ? speaking(microphone) : []),
      ...(hostName ? [`--host-resolver-rules=MAP ${hostName} 127.0.0.1`] : []),
    ],
  });
}

/** A microphone that hears a WAV file, once, and may be used without asking. */
function speaking(path: string): string[] {
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${path}%noloop`,
  ];
}

/** A page, and what went wrong in it: scripts that threw, messages of the security policy, files that failed. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  return { context, page, complaints };
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}

function browserPath(): string {
  const named = process.env['CHROMIUM_PATH'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
  if (!found) throw new Error('There is no chromium on PATH: install it, or set CHROMIUM_PATH.');
  return found;
}
