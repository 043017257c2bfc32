import { untilOver } from '../inject/pauses.ts';
import type { Row } from './row.ts';

/** Not of the matrix: what the others are compared with. */
export const healthy: Row = {
  number: 0,
  fault: 'none',
  outcome: 'what the other rows are compared with',
  platforms: ['local', 'aws'],
  harmless: true,
  async inject({ over }) {
    await untilOver(over);
    return undefined;
  },
};
