import { describe, expect, it } from 'vitest';
import { heldByNobody, holdUpload, isFileOf, type RememberedUpload } from './remembered-uploads.ts';

const upload: RememberedUpload = {
  userId: 'ana',
  key: 'key-1',
  jobId: 'job_1',
  name: 'meeting.mp3',
  sizeBytes: 50_000,
  lastModified: 1_800_000_000_000,
  options: {},
};
const file = { name: 'meeting.mp3', size: 50_000, lastModified: 1_800_000_000_000 };

describe('an unfinished upload', () => {
  it('knows its file by name, size and time of change', () => {
    expect(isFileOf(upload, file)).toBe(true);
    expect(isFileOf(upload, { ...file, name: 'Meeting.mp3' })).toBe(false);
    expect(isFileOf(upload, { ...file, size: 50_001 })).toBe(false);
    expect(isFileOf(upload, { ...file, lastModified: file.lastModified + 1 })).toBe(false);
  });

  it('is offered by no other tab while one sends it', async () => {
    const other = { ...upload, key: 'key-2' };
    const letGo = holdUpload(upload.key);
    expect(await heldByNobody([upload, other])).toEqual([other]);
    letGo();
    await expect.poll(() => heldByNobody([upload, other])).toEqual([upload, other]);
  });
});
