/**
 * Loaded before a program by a test that has no minutes: leases last 2 s instead of 30, what was lost is sent again after
 * 2 s instead of one or two minutes, and who died while sending a mail is waited for 10 s instead of a minute.
 */
const path = new URL('../../../../domain/dist/index.js', import.meta.url).href;
const { defaultJobTimes } = (await import(path)) as { defaultJobTimes: Record<string, unknown> };
Object.assign(defaultJobTimes, { leaseMs: 2_000, resendMs: 2_000, debtMs: 2_000, sendingMs: 10_000 });

export {};
