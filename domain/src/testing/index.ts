export * from './builders.ts';
export * from './bytes.ts';
export * from './contracts/index.ts';
export * from './fakes/index.ts';
export * from './live-buffer-bytes.ts';
