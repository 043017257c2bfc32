/**
 * Tables that came later and that older versions do without: made where they are missing. They raise no version, so an
 * older version still opens the file; it does not keep them up to date, and they have to be able to take that.
 */
export const additions: readonly string[] = [
  `
  CREATE TABLE IF NOT EXISTS idempotency_keys (
    user_id     TEXT NOT NULL,
    key_hash    TEXT NOT NULL,
    job_id      TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    bound_at    INTEGER NOT NULL,
    PRIMARY KEY (user_id, key_hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS idempotency_keys_by_age ON idempotency_keys (bound_at);
  `,
  `
  CREATE TABLE IF NOT EXISTS open_jobs (
    user_id TEXT NOT NULL,
    job_id  TEXT NOT NULL,
    PRIMARY KEY (user_id, job_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE IF NOT EXISTS served_groups (
    queue          TEXT NOT NULL,
    group_id       TEXT NOT NULL,
    served_seconds INTEGER NOT NULL,
    last_turn      INTEGER NOT NULL,
    PRIMARY KEY (queue, group_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS served_groups_by_service ON served_groups (queue, served_seconds, last_turn);
  CREATE INDEX IF NOT EXISTS served_groups_by_turn ON served_groups (queue, last_turn);
  `,
  `
  CREATE TABLE IF NOT EXISTS throughput (
    hour               INTEGER PRIMARY KEY,
    completed          INTEGER NOT NULL,
    failed             INTEGER NOT NULL,
    audio_seconds      REAL NOT NULL,
    processing_seconds REAL NOT NULL
  ) STRICT;
  `,
  `
  CREATE INDEX IF NOT EXISTS messages_unheld ON messages (queue, body) WHERE holder IS NULL;
  `,
];

/**
 * The steps from an empty file to today's tables; step n leads to `user_version` n, and older versions refuse the file
 * from there on: so only what they could not live with is a step, the rest is an addition. Steps that were released are
 * never changed, only followed by new ones. Columns that are generated from `body` can't ever disagree with it.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE jobs (
    job_id         TEXT PRIMARY KEY,
    body           TEXT NOT NULL,
    user_id        TEXT    GENERATED ALWAYS AS (body ->> '$.userId') VIRTUAL,
    created_at     INTEGER GENERATED ALWAYS AS (body ->> '$.createdAt') VIRTUAL,
    status         TEXT    GENERATED ALWAYS AS (body ->> '$.status') VIRTUAL,
    erase_at       INTEGER GENERATED ALWAYS AS (body ->> '$.erase.at') VIRTUAL,
    due_at         INTEGER GENERATED ALWAYS AS (body ->> '$.dueAt') VIRTUAL,
    dead_letter_at INTEGER GENERATED ALWAYS AS (body ->> '$.deadLetter.at') VIRTUAL
  ) STRICT;
  CREATE INDEX jobs_by_user ON jobs (user_id, created_at, job_id) WHERE erase_at IS NULL;
  CREATE INDEX jobs_by_user_and_status ON jobs (user_id, status, created_at, job_id) WHERE erase_at IS NULL;
  CREATE INDEX jobs_by_due ON jobs (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX jobs_by_dead_letter ON jobs (dead_letter_at) WHERE dead_letter_at IS NOT NULL;

  CREATE TABLE objects (
    bucket       TEXT NOT NULL,
    key          TEXT NOT NULL,
    path         TEXT NOT NULL UNIQUE,
    size_bytes   INTEGER NOT NULL,
    etag         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE doomed_files (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE messages (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    queue      TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    body       TEXT NOT NULL,
    visible_at INTEGER NOT NULL,
    receives   INTEGER NOT NULL DEFAULT 0,
    holder     TEXT
  ) STRICT;
  CREATE INDEX messages_by_time ON messages (queue, visible_at);
  CREATE INDEX messages_by_group ON messages (queue, group_id, visible_at);

  CREATE TABLE message_groups (
    queue       TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    last_served INTEGER NOT NULL,
    PRIMARY KEY (queue, group_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX message_groups_by_turn ON message_groups (queue, last_served);

  CREATE TABLE dead_letters (
    message_id TEXT PRIMARY KEY,
    queue      TEXT NOT NULL,
    body       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    at         INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    key       TEXT PRIMARY KEY,
    count     INTEGER NOT NULL,
    resets_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX counters_by_end ON counters (resets_at);

  CREATE TABLE workers (
    worker_id TEXT PRIMARY KEY,
    seen_at   INTEGER NOT NULL,
    body      TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
