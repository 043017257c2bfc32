import type { components } from './openapi.d.ts';

export type Job = components['schemas']['Job'];

export function hasEnded({ status }: Pick<Job, 'status'>): boolean {
  return ['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED'].includes(status);
}
