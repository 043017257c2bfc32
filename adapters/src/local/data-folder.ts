/** The names of what the local platform keeps in DATA_DIR; all but the clock lie under the same ones in a backup. */
export const dataFolder = {
  database: 'verbatim.db',
  /** Recordings, transcripts and parts, as the database names them. */
  objects: 'objects',
  /** What signs addresses. */
  secrets: 'secrets',
  /** The mails of an installation that sends none. */
  outbox: 'outbox',
  /** Of the running machine: `machine-clock.ts`. */
  clock: 'clock.json',
};
