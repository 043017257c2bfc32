import { OpenJobs } from '../../ports/open-jobs.ts';

export class InMemoryOpenJobs extends OpenJobs {
  readonly noted = new Map<string, Set<string>>();

  async add(userId: string, jobId: string, limit: number): Promise<boolean> {
    const jobs = this.noted.get(userId) ?? new Set();
    if (!jobs.has(jobId) && jobs.size >= limit) return false;
    this.noted.set(userId, jobs.add(jobId));
    return true;
  }

  async list(userId: string): Promise<string[]> {
    return [...(this.noted.get(userId) ?? [])];
  }

  async remove(userId: string, jobIds: string[]): Promise<void> {
    for (const jobId of jobIds) this.noted.get(userId)?.delete(jobId);
  }
}
