export * from './back-up.ts';
export * from './backup-failed.ts';
export type { BackupOptions, BackupProgress } from './backup-progress.ts';
export * from './restore-backup.ts';
export * from './verify-backup.ts';
