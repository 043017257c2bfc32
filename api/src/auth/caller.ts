/** Whose request this is. Everything a request reads or writes is this user's. */
export interface Caller {
  userId: string;
  /** Where the user is told about the end of a job; null: at MAIL_TO, if that is set. */
  email: string | null;
  /** May look after everybody's jobs, queues and workers. */
  operator: boolean;
  /** Null when the server has no keys and knows nobody. */
  keyName: string | null;
}

/** Everybody, on a server without keys. All there is belongs to this one user, so it is theirs to look after, too. */
export const anonymousCaller: Caller = { userId: 'local', email: null, operator: true, keyName: null };
