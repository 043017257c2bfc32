import { randomUUID } from 'node:crypto';
import type { DeadMessage, Outcome, QueueDepth, QueueName } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';

export interface ReceivedMessage {
  messageId: string;
  body: string;
  groupId: string;
  /** Counts the deliveries, and with that tells this one from all others. */
  receives: number;
}

/**
 * The table behind the queues. A message is free when its `visible_at` has come; whoever receives it moves that on and
 * is its `holder` until somebody else receives it. `message_groups` has a row for each group with messages: who was
 * served longest ago comes next, and a group that is new waits for its turn like one that was served just now.
 */
export class SqliteMessages {
  readonly #db: LocalDatabase;
  readonly #holder: string;
  readonly #statements;

  constructor(db: LocalDatabase, holder: string) {
    this.#db = db;
    this.#holder = holder;
    this.#statements = prepareAll(db);
  }

  send(queue: QueueName, body: string, groupId: string, now: number): void {
    const message = { ':id': randomUUID(), ':queue': queue, ':group': groupId, ':body': body, ':now': now };
    this.#db.write(() => {
      this.#statements.insert.run(message);
      this.#statements.joinGroup.run(queue, groupId, queue);
    });
  }

  /** The free message of the group that was served longest ago; it is ours until `until`. */
  receive(queue: QueueName, now: number, until: number): ReceivedMessage | null {
    // Looking costs no lock; taking does.
    if ((this.nextVisibleAt(queue) ?? Infinity) > now) return null;
    return this.#db.write(() => {
      const terms = { ':queue': queue, ':now': now, ':until': until, ':holder': this.#holder };
      const row = this.#statements.receive.get(terms);
      if (!row) return null;
      const groupId = String(row['group_id']);
      this.#statements.serveGroup.run(queue, queue, groupId);
      const { message_id: messageId, body, receives } = row;
      return { messageId: String(messageId), body: String(body), groupId, receives: Number(receives) };
    });
  }

  /** Prolongs our hold; false when the message is not ours any more. */
  hold(message: ReceivedMessage, until: number): boolean {
    return this.#db.write(() => this.#moveTo(until, this.#holder, message));
  }

  /** What becomes of a message; nothing, when it is not ours any more. */
  settle(queue: QueueName, message: ReceivedMessage, outcome: Outcome, now: number): void {
    this.#db.write(() => {
      if (typeof outcome === 'object' && 'returnInMs' in outcome) {
        this.#moveTo(now + outcome.returnInMs, null, message);
        return;
      }
      const { messageId, receives, groupId, body } = message;
      if (this.#statements.remove.run(messageId, receives, this.#holder).changes === 0) return;
      this.#statements.leaveGroup.run(queue, groupId, queue, groupId);
      if (outcome !== 'done') this.#statements.bury.run(messageId, queue, body, outcome.dead, now);
    });
  }

  /** Frees what is held by holders that are gone, for others to receive at once. */
  free(queue: QueueName, isGone: (holder: string) => boolean, now: number): void {
    const holders = this.#statements.holders.all(queue).map((row) => String(row['holder']));
    const gone = holders.filter(isGone);
    if (gone.length === 0) return;
    this.#db.write(() => {
      for (const holder of gone) this.#statements.free.run(now, queue, holder);
    });
  }

  depth(queue: QueueName, now: number): QueueDepth {
    const row = this.#statements.depth.get(now, queue);
    const visible = Number(row?.['visible']);
    return { visible, inFlight: Number(row?.['total']) - visible };
  }

  peekDead(queue: QueueName): DeadMessage[] {
    return this.#statements.peekDead.all(queue).map(({ message_id: id, body, reason, at }) => ({
      messageId: String(id),
      body: String(body),
      reason: String(reason),
      at: Number(at),
    }));
  }

  dropDead(queue: QueueName, messageId: string): boolean {
    return this.#db.write(() => this.#statements.dropDead.run(messageId, queue).changes === 1);
  }

  /** When the next message will be free; null when there is none at all. */
  nextVisibleAt(queue: QueueName): number | null {
    const next = this.#statements.next.get(queue)?.['visible_at'];
    return next === undefined ? null : Number(next);
  }

  /** Another number whenever another connection has written, in this process or another. */
  dataVersion(): number {
    return Number(this.#statements.dataVersion.get()?.['data_version']);
  }

  #moveTo(visibleAt: number, holder: string | null, { messageId, receives }: ReceivedMessage): boolean {
    return this.#statements.move.run(visibleAt, holder, messageId, receives, this.#holder).changes === 1;
  }
}

function prepareAll(db: LocalDatabase) {
  return {
    insert: db.prepare(`INSERT INTO messages (message_id, queue, group_id, body, visible_at)
      VALUES (:id, :queue, :group, :body, :now)`),
    joinGroup:
      db.prepare(`INSERT INTO message_groups (queue, group_id, last_served) VALUES (?, ?, ${latestTurn})
      ON CONFLICT DO NOTHING`),
    receive: db.prepare(receiveSql),
    serveGroup: db.prepare(
      `UPDATE message_groups SET last_served = ${latestTurn} WHERE queue = ? AND group_id = ?`,
    ),
    leaveGroup: db.prepare(`DELETE FROM message_groups WHERE queue = ? AND group_id = ?
      AND NOT EXISTS (SELECT 1 FROM messages WHERE queue = ? AND group_id = ?)`),
    move: db.prepare(`UPDATE messages SET visible_at = ?, holder = ?
      WHERE message_id = ? AND receives = ? AND holder = ?`),
    remove: db.prepare('DELETE FROM messages WHERE message_id = ? AND receives = ? AND holder = ?'),
    bury: db.prepare('INSERT INTO dead_letters (message_id, queue, body, reason, at) VALUES (?, ?, ?, ?, ?)'),
    // Few, and nobody waits for them: in the order of their ids, which is that of the table.
    peekDead: db.prepare(
      `SELECT message_id, body, reason, at FROM dead_letters WHERE message_id > '' AND queue = ? LIMIT 50`,
    ),
    dropDead: db.prepare('DELETE FROM dead_letters WHERE message_id = ? AND queue = ?'),
    holders: db.prepare('SELECT DISTINCT holder FROM messages WHERE queue = ? AND holder IS NOT NULL'),
    free: db.prepare('UPDATE messages SET visible_at = ?, holder = NULL WHERE queue = ? AND holder = ?'),
    depth: db.prepare(
      'SELECT count(*) AS total, total(visible_at <= ?) AS visible FROM messages WHERE queue = ?',
    ),
    next: db.prepare('SELECT visible_at FROM messages WHERE queue = ? ORDER BY visible_at LIMIT 1'),
    dataVersion: db.prepare('PRAGMA data_version'),
  };
}

/** A turn later than all others of the queue. */
const latestTurn = '(SELECT coalesce(max(last_served), 0) + 1 FROM message_groups WHERE queue = ?)';

/** Walks the groups in the order of their turns up to the first with a free message: no sorting of the backlog. */
const receiveSql = `
  UPDATE messages SET visible_at = :until, receives = receives + 1, holder = :holder
  WHERE seq = (
    SELECT (
      SELECT seq FROM messages AS m
      WHERE m.queue = g.queue AND m.group_id = g.group_id AND m.visible_at <= :now
      ORDER BY m.visible_at, m.seq LIMIT 1
    ) AS next
    FROM message_groups AS g
    WHERE g.queue = :queue AND next IS NOT NULL
    ORDER BY g.last_served LIMIT 1
  )
  RETURNING message_id, body, group_id, receives`;
