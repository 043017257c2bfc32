export * from './clock.ts';
export * from './counters.ts';
export * from './job-store.ts';
export * from './mailer.ts';
export * from './object-store.ts';
export * from './work-queue.ts';
export * from './worker-registry.ts';
