import { pathToFileURL } from 'node:url';

/** The address of a module in `preloads/`, for `--import`, with what it is told. */
export function preload(name: string, told: Record<string, string | number> = {}): string {
  const address = pathToFileURL(`${import.meta.dirname}/../preloads/${name}`);
  for (const [word, value] of Object.entries(told)) address.searchParams.set(word, String(value));
  return address.href;
}
