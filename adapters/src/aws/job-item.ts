import type { JobChange, JobRecord } from '@verbatim/domain';

/**
 * How a job lies in DynamoDB: each field an attribute, null fields absent. `indexShard` and `deadLetterAt` are there for the
 * indexes alone; an item without `dueAt` (or `deadLetterAt`) is in no such index, so these hold only what there is to do.
 */

/** One partition of an index takes 1000 writes a second; four take what we will see. */
export const shards = [0, 1, 2, 3] as const;

function shardOf(jobId: string): number {
  const sum = Array.from(jobId).reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return sum % shards.length;
}

type Attributes = Record<string, unknown>;

/** The fields of a write, with what the indexes need beside them. */
export function indexed(fields: Partial<JobRecord>): Attributes {
  if (fields.deadLetter === undefined) return fields;
  return { ...fields, deadLetterAt: fields.deadLetter?.at ?? null };
}

export function itemOf(job: JobRecord): Attributes {
  const fields = Object.entries({ ...indexed(job), indexShard: shardOf(job.jobId) });
  return Object.fromEntries(fields.filter(([, value]) => value !== null && value !== undefined));
}

/** `expect` as the terms of a condition. */
export function conditionOf(expect: Partial<JobRecord>, chunk?: JobChange['chunk']) {
  const terms: string[] = [];
  const names: Record<string, string> = {};
  const values: Attributes = {};
  for (const [field, value] of Object.entries(expect)) {
    names[`#${field}`] = field;
    if (value === null) {
      terms.push(`attribute_not_exists(#${field})`);
    } else {
      terms.push(`#${field} = :expected_${field}`);
      values[`:expected_${field}`] = value;
    }
  }
  for (const [field, value] of Object.entries(chunk?.expect ?? {})) {
    Object.assign(names, chunkNames(chunk), { [`#${field}`]: field });
    terms.push(`#chunks.#chunk.#${field} = :expected_chunk_${field}`);
    values[`:expected_chunk_${field}`] = value;
  }
  return { terms, names, values };
}

/** The attributes to write as an update expression; a null one is removed. */
export function updateOf(attributes: Attributes, chunk?: JobChange['chunk']) {
  const set: string[] = [];
  const remove: string[] = [];
  const names: Record<string, string> = {};
  const values: Attributes = {};
  for (const [field, value] of Object.entries(attributes)) {
    names[`#${field}`] = field;
    if (value === null) {
      remove.push(`#${field}`);
    } else {
      set.push(`#${field} = :${field}`);
      values[`:${field}`] = value;
    }
  }
  // Within a chunk null is a value like any other: no index looks at it.
  for (const [field, value] of Object.entries(chunk?.set ?? {})) {
    Object.assign(names, chunkNames(chunk), { [`#${field}`]: field });
    set.push(`#chunks.#chunk.#${field} = :chunk_${field}`);
    values[`:chunk_${field}`] = value;
  }
  const expression = `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`;
  return { expression, names, values };
}

function chunkNames(chunk: JobChange['chunk']): Record<string, string> {
  return { '#chunks': 'chunks', '#chunk': String(chunk?.index) };
}
