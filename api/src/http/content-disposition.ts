/**
 * RFC 6266: a name that old clients understand, and the true one for the others (RFC 5987). Neither can end the header
 * or leave the folder that a browser saves to.
 */
export function contentDisposition(kind: 'inline' | 'attachment', fileName: string): string {
  const safe = fileName.replace(/[\p{Cc}\p{Cf}\p{Cs}/\\:*?"<>|]/gu, '_').replace(/^\.+/, '_');
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replace(/[%;]/g, '_');
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encodeRfc5987(safe)}`;
}

function encodeRfc5987(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `meeting.mp3` as srt is `meeting.srt`. */
export function fileNameAs(fileName: string, extension: string): string {
  const stem = fileName.replace(/\.[^./\\]{1,5}$/, '') || 'transcript';
  return `${stem.slice(0, 120)}.${extension}`;
}
