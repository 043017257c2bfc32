export * from './counters.contract.ts';
export * from './idempotency-keys.contract.ts';
export * from './job-store.contract.ts';
export * from './object-store.contract.ts';
export * from './open-jobs.contract.ts';
export type { PresignAbilities } from './presign.contract.ts';
export * from './throughput.contract.ts';
export * from './work-queue.contract.ts';
export * from './worker-registry.contract.ts';
