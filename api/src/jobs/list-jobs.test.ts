import { aJob, InMemoryJobStore } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { listJobs } from './list-jobs.ts';

const ana = { userId: 'ana', email: null, operator: false, keyName: 'laptop' };

async function withJobs(count: number, nameOf: (index: number) => string) {
  const jobs = new InMemoryJobStore();
  for (let index = 0; index < count; index++) {
    await jobs.create(aJob({ userId: 'ana', fileName: nameOf(index), createdAt: 1_000 + index }));
  }
  return { jobs };
}

async function search(ports: { jobs: InMemoryJobStore }, q: string, limit = 20) {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const page = await listJobs({ q, limit, ...(cursor ? { cursor } : {}) }, ana, ports);
    pages.push(page.items.map(({ fileName }) => fileName));
    cursor = page.nextCursor;
  } while (cursor);
  return pages;
}

describe('a search among one’s jobs', () => {
  it('finds parts of names, whatever their case and accents, newest first', async () => {
    const names = ['Reunión.mp3', 'call.mp3', 'REUNION 2.mp3'];
    const ports = await withJobs(3, (index) => names[index] ?? '');
    expect((await search(ports, 'reunion')).flat()).toEqual(['REUNION 2.mp3', 'Reunión.mp3']);
  });

  it('finds every one of many, each once, in pages that are never larger than asked for', async () => {
    const ports = await withJobs(1_000, (index) => (index % 7 === 0 ? `seventh ${index}` : `${index}`));
    const pages = await search(ports, 'seventh', 30);
    expect(new Set(pages.flat()).size).toBe(143);
    expect(pages.flat()).toHaveLength(143);
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(30);
  });

  it('reads a bounded number of jobs at a time, and goes on by the cursor', async () => {
    const ports = await withJobs(1_000, (index) => (index === 0 ? 'oldest' : `${index}`));
    const first = await listJobs({ q: 'oldest', limit: 20 }, ana, ports);
    expect(first.items).toEqual([]);
    expect(first.nextCursor).not.toBeNull();
    expect((await search(ports, 'oldest')).flat()).toEqual(['oldest']);
  });
});
