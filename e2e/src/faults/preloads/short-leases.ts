/** Loaded before a program by a test that has no half minute: leases last 2 s instead of 30. */
const path = new URL('../../../../domain/dist/index.js', import.meta.url).href;
const { defaultJobTimes } = (await import(path)) as { defaultJobTimes: { leaseMs: number } };
defaultJobTimes.leaseMs = 2_000;

export {};
