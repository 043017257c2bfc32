import {
  type EpochMs,
  hourOf,
  StorageUnavailable,
  Throughput,
  type ThroughputAmounts,
  type ThroughputHour,
  throughputKeptMs,
} from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { orUnavailable } from './storage-faults.ts';

export class SqliteThroughput extends Throughput {
  readonly #db: LocalDatabase;
  readonly #statements;

  constructor(db: LocalDatabase) {
    super();
    this.#db = db;
    this.#statements = {
      add: db.prepare(`INSERT INTO throughput (hour, completed, failed, audio_seconds, processing_seconds)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (hour) DO UPDATE SET
          completed = completed + excluded.completed,
          failed = failed + excluded.failed,
          audio_seconds = audio_seconds + excluded.audio_seconds,
          processing_seconds = processing_seconds + excluded.processing_seconds`),
      list: db.prepare('SELECT * FROM throughput WHERE hour >= ? ORDER BY hour'),
      tidy: db.prepare('DELETE FROM throughput WHERE hour < ?'),
    };
  }

  async add(at: EpochMs, amounts: ThroughputAmounts): Promise<void> {
    const { completed = 0, failed = 0, audioSeconds = 0, processingSeconds = 0 } = amounts;
    this.#run(() =>
      this.#db.write(() => {
        this.#statements.add.run(hourOf(at), completed, failed, audioSeconds, processingSeconds);
        this.#statements.tidy.run(at - throughputKeptMs);
      }),
    );
  }

  async list(since: EpochMs): Promise<ThroughputHour[]> {
    return this.#run(() => this.#statements.list.all(hourOf(since))).map((row) => ({
      hour: Number(row['hour']),
      completed: Number(row['completed']),
      failed: Number(row['failed']),
      audioSeconds: Number(row['audio_seconds']),
      processingSeconds: Number(row['processing_seconds']),
    }));
  }

  #run<T>(work: () => T): T {
    return orUnavailable(StorageUnavailable, 'the throughput', work);
  }
}
