/**
 * Every error we throw on purpose. `code` is stable and for programs, `message` for logs, `cause` whatever was caught.
 * The sentence that people read, and whether trying again helps, stand in one table: `job/failure-codes.ts`.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The table or the object store did not answer in time, is full, or refused for now. Trying again later helps. */
export class StorageUnavailable extends DomainError {
  readonly code = 'storage.unavailable';
}

/** A newer version of ours has written what this one does not understand: an update is under way, or was taken back. */
export class RecordFromNewerVersion extends DomainError {
  readonly code = 'record.newer_version';
}

export class QueueUnavailable extends DomainError {
  readonly code = 'queue.unavailable';
}

export class ObjectMissing extends DomainError {
  readonly code = 'object.missing';
}

export class ObjectExists extends DomainError {
  readonly code = 'object.exists';
}

export class ObjectChanged extends DomainError {
  readonly code = 'object.changed';
}

export class BadCursor extends DomainError {
  readonly code = 'request.bad_cursor';
}

/** The mail server said no for good: this address or this mail will never pass. */
export class MailRefused extends DomainError {
  readonly code = 'mail.refused';
}

export class MailUnavailable extends DomainError {
  readonly code = 'mail.unavailable';
}
