import type { NativeAttributeValue, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { BadCursor, type DeadLetterQuery } from '@verbatim/domain';
import { z } from 'zod';
import { shards } from './job-item.ts';

/**
 * The index of dead letters is spread over shards, each sorted by time. A page is the latest of all shards' latest. What
 * was read of each shard is kept in the cursor as the last item taken from it: DynamoDB goes on after exactly that one,
 * also among items of the same millisecond, whose order only DynamoDB knows.
 */
const Place = z.tuple([z.number().int(), z.string().max(100)]).nullable();
const Cursor = z.object({
  /** The time of the last item given: a shard of which nothing was taken has nothing later, but what came since. */
  at: z.number().int(),
  places: z.array(Place).length(shards.length),
});
type Cursor = z.infer<typeof Cursor>;

type Item = Record<string, NativeAttributeValue>;
export type Query = (query: Omit<QueryCommandInput, 'TableName'>) => Promise<{
  items: Item[];
  count: number;
  next: Item | undefined;
}>;

/** The items of a page, latest first. @throws BadCursor */
export async function pageOfDeadLetters(
  { limit, cursor, ...filter }: DeadLetterQuery,
  query: Query,
): Promise<{ items: Item[]; nextCursor: string | null }> {
  const from = cursor === undefined ? null : readCursor(cursor);
  const found = await Promise.all(shards.map((shard) => latestOf(shard, from, limit + 1, filter, query)));
  const all = found.flat().sort((a, b) => b['deadLetterAt'] - a['deadLetterAt']);
  const items = all.slice(0, limit);
  return { items, nextCursor: all.length > limit ? cursorAfter(items, from) : null };
}

export async function countDeadLetters(
  filter: Pick<DeadLetterQuery, 'reason' | 'before'>,
  query: Query,
): Promise<number> {
  const counts = shards.map(async (shard) => {
    let count = 0;
    let next: Item | undefined;
    do {
      const terms = termsOf(shard, latestTime(filter), filter);
      const page = await query({ ...terms, Select: 'COUNT', ExclusiveStartKey: next });
      count += page.count;
      next = page.next;
    } while (next);
    return count;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function latestOf(
  shard: number,
  from: Cursor | null,
  wanted: number,
  filter: Pick<DeadLetterQuery, 'reason' | 'before'>,
  query: Query,
): Promise<Item[]> {
  const place = from?.places[shard];
  const latest = latestTime(filter);
  const goesOn = place && place[0] <= latest;
  const upTo = goesOn ? latest : Math.min(latest, from?.at ?? latest);
  let next: Item | undefined = goesOn
    ? { indexShard: shard, deadLetterAt: place[0], jobId: place[1] }
    : undefined;
  const items: Item[] = [];
  do {
    const page = await query({ ...termsOf(shard, upTo, filter), Limit: wanted, ExclusiveStartKey: next });
    items.push(...page.items);
    next = page.next;
  } while (next && items.length < wanted);
  return items;
}

function latestTime({ before }: Pick<DeadLetterQuery, 'before'>): number {
  return before === undefined ? Number.MAX_SAFE_INTEGER : before - 1;
}

function termsOf(shard: number, upTo: number, { reason }: Pick<DeadLetterQuery, 'reason'>) {
  return {
    IndexName: 'byDeadLetter',
    KeyConditionExpression: 'indexShard = :shard AND deadLetterAt <= :upTo',
    ScanIndexForward: false,
    ExpressionAttributeValues: { ':shard': shard, ':upTo': upTo, ...(reason && { ':reason': reason }) },
    ...(reason && { FilterExpression: 'deadLetter.reason = :reason' }),
  };
}

function cursorAfter(items: Item[], from: Cursor | null): string {
  const places = shards.map((shard) => {
    const last = items.findLast((item) => item['indexShard'] === shard);
    return last ? [last['deadLetterAt'], last['jobId']] : (from?.places[shard] ?? null);
  });
  return Buffer.from(JSON.stringify({ at: items.at(-1)?.['deadLetterAt'], places })).toString('base64url');
}

function readCursor(cursor: string): Cursor {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    throw new BadCursor('not a cursor of ours', { cause: error });
  }
}
