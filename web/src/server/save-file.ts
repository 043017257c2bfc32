import { fetchFromServer } from './fetch-from-server.ts';

/** Saves what the server has at an address under the name that it gives: a link can't show a key, so we fetch. */
export async function saveFile(address: string): Promise<void> {
  const response = await fetchFromServer(address);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = nameIn(response.headers.get('content-disposition') ?? '') ?? 'transcript.txt';
  link.click();
  // The browser has to begin before the address goes.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** RFC 6266: the name in UTF-8 first, else the plain one. */
function nameIn(disposition: string): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/i.exec(disposition)?.[1];
}
