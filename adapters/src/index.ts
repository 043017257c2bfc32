export * from './platform.ts';
export * from './platform-settings.ts';
export * from './program/health-server.ts';
export * from './program/logger.ts';
export * from './program/read-settings.ts';
export * from './program/stop-signal.ts';
