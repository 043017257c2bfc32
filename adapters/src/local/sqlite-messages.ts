import { randomUUID } from 'node:crypto';
import type { DeadMessage, Outcome, QueueDepth, QueueName } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';

export interface ReceivedMessage {
  messageId: string;
  body: string;
  groupId: string;
  /** Counts the deliveries, and with that tells this one from all others. */
  receives: number;
  receivedAt: number;
}

/**
 * The table behind the queues. A message is free when its `visible_at` has come; whoever receives it moves that on and
 * is its `holder` until somebody else receives it.
 *
 * Groups take turns by time and not by messages, since one may take a second and another ten minutes: the next turn is
 * that of the group that was served for the shortest time, and of those that of the one that was served longest ago
 * (`served_groups`). A group that is new, or comes back, begins with the least that those waiting were served for: it
 * neither overtakes them for ever nor pays for what it had before (start-time fair queueing: Goyal, Vin, Cheng, 1996).
 * `message_groups` has a row for each group with messages.
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

  /** What waits for a receiver already says the same: then nothing is added, and a long line holds each job once. */
  send(queue: QueueName, body: string, groupId: string, now: number): void {
    const message = { ':id': randomUUID(), ':queue': queue, ':group': groupId, ':body': body, ':now': now };
    // Without the lock: whoever receives that one in this moment reads a record that was saved before.
    if (this.#statements.isWaiting.get({ ':queue': queue, ':body': body, ':now': now })) return;
    this.#db.write(() => {
      // First, while its own message does not count among those that wait.
      this.#statements.beginService.run({ ':queue': queue, ':group': groupId });
      this.#statements.joinGroup.run({ ':queue': queue, ':group': groupId });
      this.#statements.insert.run(message);
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
      this.#statements.takeTurn.run({ ':queue': queue, ':group': groupId });
      const { message_id: messageId, body, receives } = row;
      return {
        messageId: String(messageId),
        body: String(body),
        groupId,
        receives: Number(receives),
        receivedAt: now,
      };
    });
  }

  /** Prolongs our hold; false when the message is not ours any more. */
  hold(message: ReceivedMessage, until: number): boolean {
    return this.#db.write(() => this.#moveTo(until, this.#holder, message));
  }

  /** What becomes of a message; nothing, when it is not ours any more. */
  settle(queue: QueueName, message: ReceivedMessage, outcome: Outcome, now: number): void {
    const { messageId, receives, groupId, body } = message;
    this.#db.write(() => {
      this.#statements.chargeGroup.run(secondsServed(message, now), queue, groupId);
      if (typeof outcome === 'object' && 'returnInMs' in outcome) {
        this.#moveTo(now + outcome.returnInMs, null, message);
        return;
      }
      if (this.#statements.remove.run(messageId, receives, this.#holder).changes === 0) return;
      this.#statements.leaveGroup.run(queue, groupId, queue, groupId);
      this.#statements.forgetGroups.run({ ':queue': queue });
      if (outcome !== 'done') this.#statements.bury.run(messageId, queue, body, outcome.dead, now);
    });
  }

  /** Gives a turn to groups whose messages an older version took in. */
  adoptGroups(): void {
    if (this.#statements.findOrphans.get()) this.#db.write(() => this.#statements.adoptGroups.run());
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
    // Named, for the planner would walk the whole line by time.
    isWaiting: db.prepare(`SELECT 1 FROM messages INDEXED BY messages_unheld
      WHERE queue = :queue AND body = :body AND holder IS NULL AND visible_at <= :now LIMIT 1`),
    findOrphans: db.prepare(`SELECT 1 ${orphansSql} LIMIT 1`),
    adoptGroups: db.prepare(adoptGroupsSql),
    beginService: db.prepare(beginServiceSql),
    // An older version reads `last_served`.
    joinGroup:
      db.prepare(`INSERT INTO message_groups (queue, group_id, last_served) VALUES (:queue, :group, 0)
      ON CONFLICT DO NOTHING`),
    receive: db.prepare(receiveSql),
    takeTurn: db.prepare(
      `UPDATE served_groups SET last_turn = ${latestTurn} WHERE queue = :queue AND group_id = :group`,
    ),
    chargeGroup: db.prepare(
      'UPDATE served_groups SET served_seconds = served_seconds + ? WHERE queue = ? AND group_id = ?',
    ),
    leaveGroup: db.prepare(`DELETE FROM message_groups WHERE queue = ? AND group_id = ?
      AND NOT EXISTS (SELECT 1 FROM messages WHERE queue = ? AND group_id = ?)`),
    forgetGroups: db.prepare(forgetGroupsSql),
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

/** Begun ones count: what takes no time is served in turn. */
function secondsServed({ receivedAt }: ReceivedMessage, now: number): number {
  return Math.max(1, Math.ceil((now - receivedAt) / 1_000));
}

/** A turn later than all others of the queue. */
const latestTurn = '(SELECT coalesce(max(last_turn), 0) + 1 FROM served_groups WHERE queue = :queue)';

const hasMessages = (group: string) =>
  `EXISTS (SELECT 1 FROM message_groups AS m WHERE m.queue = ${group}.queue AND m.group_id = ${group}.group_id)`;

/** The least that a group with messages was served for; null when there is none. */
const leastServed = `(SELECT served_seconds FROM served_groups AS s
  WHERE s.queue = :queue AND ${hasMessages('s')} ORDER BY served_seconds LIMIT 1)`;

/** For a group that has no messages yet. */
const beginServiceSql = `
  INSERT INTO served_groups (queue, group_id, served_seconds, last_turn)
  SELECT :queue, :group, coalesce(${leastServed}, 0), ${latestTurn}
  WHERE NOT EXISTS (SELECT 1 FROM message_groups WHERE queue = :queue AND group_id = :group)
  ON CONFLICT DO UPDATE
  SET served_seconds = max(served_seconds, excluded.served_seconds), last_turn = excluded.last_turn`;

const orphansSql = `FROM message_groups AS g
  WHERE NOT EXISTS (SELECT 1 FROM served_groups AS s WHERE s.queue = g.queue AND s.group_id = g.group_id)`;

const adoptGroupsSql = `
  INSERT INTO served_groups (queue, group_id, served_seconds, last_turn)
  SELECT queue, group_id, 0, last_served ${orphansSql}`;

/** Groups without messages whose coming back would make no difference. */
const forgetGroupsSql = `
  DELETE FROM served_groups AS f
  WHERE f.queue = :queue AND NOT ${hasMessages('f')}
    AND f.served_seconds <= coalesce(${leastServed}, f.served_seconds)`;

/** Walks the groups in the order of their turns up to the first with a free message: no sorting of the backlog. */
const receiveSql = `
  UPDATE messages SET visible_at = :until, receives = receives + 1, holder = :holder
  WHERE seq = (
    SELECT (
      SELECT seq FROM messages AS m
      WHERE m.queue = g.queue AND m.group_id = g.group_id AND m.visible_at <= :now
      ORDER BY m.visible_at, m.seq LIMIT 1
    ) AS next
    FROM served_groups AS g
    WHERE g.queue = :queue AND next IS NOT NULL
    ORDER BY g.served_seconds, g.last_turn LIMIT 1
  )
  RETURNING message_id, body, group_id, receives`;
