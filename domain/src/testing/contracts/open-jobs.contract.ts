import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newJobId } from '../../job/job-ids.ts';
import type { OpenJobs } from '../../ports/open-jobs.ts';

export interface OpenJobsUnderTest {
  openJobs: OpenJobs;
  close(): Promise<void>;
}

/** `atOnce`: how many requests at the same time; an emulator answers no thousand of them in time. */
export function openJobsContract(
  name: string,
  open: () => Promise<OpenJobsUnderTest>,
  { atOnce = 1_000 } = {},
): void {
  describe(`OpenJobs contract: ${name}`, () => {
    let subject: OpenJobsUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());
    const add = (userId: string, jobId: string, limit: number) => subject.openJobs.add(userId, jobId, limit);
    const sorted = async (userId: string) => (await subject.openJobs.list(userId)).toSorted();

    it('notes jobs up to the limit and not past it, each user for itself', async () => {
      expect(await add('ana', 'a', 2)).toBe(true);
      expect(await add('ana', 'b', 2)).toBe(true);
      expect(await add('ana', 'c', 2)).toBe(false);
      expect(await add('bob', 'c', 2)).toBe(true);

      expect(await sorted('ana')).toEqual(['a', 'b']);
      expect(await sorted('bob')).toEqual(['c']);
    });

    it('takes a job that is noted already, also when there is no room for another', async () => {
      await add('twice', 'a', 1);

      expect(await add('twice', 'a', 1)).toBe(true);
      expect(await add('twice', 'a', 0)).toBe(true);
      expect(await sorted('twice')).toEqual(['a']);
    });

    it('makes room for as many as are removed, unknown ones aside', async () => {
      for (const jobId of ['a', 'b', 'c']) await add('room', jobId, 3);

      await subject.openJobs.remove('room', ['a', 'b', 'never noted']);
      await subject.openJobs.remove('room', []);

      expect(await sorted('room')).toEqual(['c']);
      expect(await add('room', 'd', 3)).toBe(true);
      expect(await add('room', 'e', 3)).toBe(true);
      expect(await add('room', 'f', 3)).toBe(false);
    });

    it('knows nothing of a user whose jobs are all removed, and begins again', async () => {
      await add('anew', 'a', 1);
      await subject.openJobs.remove('anew', ['a']);

      expect(await sorted('anew')).toEqual([]);
      expect(await add('anew', 'b', 1)).toBe(true);
    });

    it(`notes exactly as many as the limit of ${atOnce} at once`, { timeout: 60_000 }, async () => {
      const ids = Array.from({ length: atOnce }, () => newJobId(Date.now()));

      const answers = await Promise.all(ids.map((jobId) => add('rush', jobId, 40)));

      const noted = ids.filter((_, index) => answers[index]);
      expect(noted).toHaveLength(40);
      expect(await sorted('rush')).toEqual(noted.toSorted());
    });
  });
}
