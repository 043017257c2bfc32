export * from './counters.contract.ts';
export * from './job-store.contract.ts';
export * from './object-store.contract.ts';
export type { PresignAbilities } from './presign.contract.ts';
export * from './work-queue.contract.ts';
export * from './worker-registry.contract.ts';
