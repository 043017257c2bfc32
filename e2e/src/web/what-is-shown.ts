import type { Locator, Page } from 'playwright-core';

/** The line of a recording in the list. */
export function rowOf(page: Page, name: string): Locator {
  return page.getByRole('listitem').filter({ hasText: name }).first();
}

/** What stands there, whatever the spaces between. */
export function words(texts: string[]): string {
  return texts.join(' ').trim().split(/\s+/).join(' ');
}
