import { newJobId } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { readDownloadLink, signDownloadLink } from './download-link.ts';

const now = 1_800_000_000_000;
const link = { jobId: newJobId(now), run: 2, expiresAt: now + 1000 };
const secret = 'a-secret-that-only-this-server-knows';

describe('a download link', () => {
  it('reads back what was signed', () => {
    const token = signDownloadLink(link, secret);
    expect(readDownloadLink(token, secret, now)).toEqual({ ...link, expired: false });
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('says when it has expired', () => {
    const token = signDownloadLink(link, secret);
    expect(readDownloadLink(token, secret, now + 1000)?.expired).toBe(true);
  });

  it('is refused when any part was changed, or another secret signed it', () => {
    const token = signDownloadLink(link, secret);
    expect(readDownloadLink(token, 'another secret', now)).toBeNull();
    expect(readDownloadLink(token.replace('.2.', '.1.'), secret, now)).toBeNull();
    expect(readDownloadLink(token.replace(`${now + 1000}`, `${now + 9999}`), secret, now)).toBeNull();
    expect(readDownloadLink(token.slice(0, -1), secret, now)).toBeNull();
    expect(readDownloadLink(`${token}A`, secret, now)).toBeNull();
    expect(readDownloadLink('', secret, now)).toBeNull();
  });
});
