export * from './fake-clock.ts';
export * from './in-memory-counters.ts';
export * from './in-memory-job-store.ts';
export * from './in-memory-mailer.ts';
export * from './in-memory-object-store.ts';
export * from './in-memory-work-queue.ts';
export * from './in-memory-worker-registry.ts';
