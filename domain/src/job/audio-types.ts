/**
 * What may be uploaded, and the extension its object gets. Only a first sieve and a file name for people: whether a
 * file is audio is decided by decoding it.
 */
const extensionByType: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/mpga': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/mp4': 'm4a',
  'audio/m4a': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/x-m4b': 'm4b',
  'audio/3gpp': '3gp',
  'audio/aac': 'aac',
  'audio/x-aac': 'aac',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/flac': 'flac',
  'audio/x-flac': 'flac',
  'audio/webm': 'webm',
  'audio/aiff': 'aiff',
  'audio/x-aiff': 'aiff',
  'audio/x-ms-wma': 'wma',
  'audio/x-caf': 'caf',
  'audio/amr': 'amr',
  'application/ogg': 'ogg',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'video/ogg': 'ogg',
};

export const audioContentTypes = Object.keys(extensionByType);

/** The type and extension to store a file under, or null when it claims to be something else than audio or video. */
export function audioTypeOf(
  contentType: string,
  fileName: string,
): { contentType: string; extension: string } | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const known = extensionByType[type];
  if (known) return { contentType: type, extension: known };
  if (type !== '' && type !== 'application/octet-stream') return null;
  // Command-line clients often don't know: then the name's ending tells.
  const ending = /\.([a-z0-9]{2,5})$/i.exec(fileName)?.[1]?.toLowerCase();
  const byEnding = Object.entries(extensionByType).find(([, extension]) => extension === ending);
  return byEnding ? { contentType: byEnding[0], extension: byEnding[1] } : null;
}
