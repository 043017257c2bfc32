import { createHash } from 'node:crypto';

export interface User {
  userId: string;
  key: string;
}

/** Several, so that what belongs to one can be looked for at the others. */
export const users: readonly User[] = ['ana', 'ben', 'cleo', 'dan'].map((userId) => ({
  userId,
  key: createHash('sha256').update(`the key of ${userId} in the fault campaigns`).digest('hex'),
}));

/** As the setting `API_KEYS` wants them: `name:key:user:email`. */
export const apiKeys = users
  .map(({ userId, key }) => `${userId}-key:${key}:${userId}:${userId}@example.com`)
  .join(',');
