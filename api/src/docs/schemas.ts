import {
  DeadLetter,
  DeadLetterList,
  DeadLetterWithHistory,
  Job,
  JobHistory,
  JobStatus,
  Replayed,
  Transcript,
} from '@verbatim/domain';
import { z } from 'zod';
import { DeadMessageView } from '../dead-letters/dead-messages.ts';
import { TranscriptVersion } from '../jobs/transcript-versions.ts';
import { MultipartUploadView, SignedPart } from '../multipart/multipart-view.ts';
import { ModelList, QueueList, ThroughputList, WorkerList } from '../operators/operator-views.ts';
import { Usage } from '../quotas/usage.ts';
import { type RefusalCode, refusals } from '../refused.ts';
import { Session } from '../session/describe-session.ts';

const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];

const Upload = z.union([
  MultipartUploadView,
  z.object({
    method: z.literal('POST'),
    url: z.url(),
    fields: z
      .record(z.string(), z.string())
      .describe('All of them go into the form, before the file, which is called `file`.'),
    expiresAt: z.iso.datetime(),
  }),
  z.object({
    method: z.literal('PUT'),
    url: z.url(),
    headers: z.record(z.string(), z.string()).describe('All of them have to be sent.'),
    expiresAt: z.iso.datetime(),
  }),
]);

/** What leaves, as it stands in the OpenAPI document. Job and Transcript are the domain's own schemas. */
const schemas = {
  Job,
  Transcript,
  TranscriptVersion,
  TranscriptVersionList: z.object({ items: z.array(TranscriptVersion) }),
  Session,
  QueueList,
  WorkerList,
  ModelList,
  ThroughputList,
  JobHistory,
  DeadLetter,
  DeadLetterList,
  DeadLetterWithHistory,
  Replayed,
  DeadMessage: DeadMessageView,
  DeadMessageList: z.object({ items: z.array(DeadMessageView) }),
  Usage,
  CreatedJob: z.object({
    job: Job,
    upload: Upload.nullable().describe(
      'Null only for a request that was repeated under its Idempotency-Key, once the job waits for no file any more.',
    ),
  }),
  MultipartUpload: MultipartUploadView,
  SignedParts: z.object({ parts: z.array(SignedPart) }),
  JobList: z.object({
    items: z.array(Job),
    leftOut: z
      .number()
      .int()
      .describe('Jobs of this page that only a newer version of the server can show. 0, but for an update.'),
    nextCursor: z.string().nullable(),
  }),
  Problem: z.object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(refusalCodes),
    requestId: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
  Link: z.object({ url: z.url(), expiresAt: z.iso.datetime() }),
  Peaks: z.object({
    version: z.literal(2),
    channels: z.literal(1),
    sample_rate: z.number().int(),
    samples_per_pixel: z.number().int(),
    bits: z.literal(8),
    length: z.number().int().describe('Pairs in data.'),
    data: z.array(z.number().int()).describe('Lowest and highest sample in turn, -128 to 127.'),
  }),
  UploadedAudio: z.object({ job_id: z.string(), status: JobStatus }),
  StartedTranscription: z.object({
    message: z.literal('File uploaded and transcription started'),
    job_name: z.string(),
  }),
  StatusOfAudio: z.object({
    job_id: z.string(),
    status: JobStatus,
    progress_percent: z.number().int(),
    error: z.string().nullable(),
  }),
  ResultOfAudio: z.object({
    job_id: z.string(),
    status: JobStatus,
    transcript: z.string().nullable(),
    notes: z.string().nullable(),
  }),
};
export type SchemaName = keyof typeof schemas;

/** JSON Schema 2020-12, which OpenAPI 3.1 uses as it is. */
export function componentSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const json = z.toJSONSchema(registry, { io: 'output', uri, override: plainer }).schemas;
  for (const schema of Object.values(json)) {
    delete schema.$schema;
    delete schema.$id;
  }
  return json;
}

/** Without what is true and tells a reader nothing; and without a promise that no field will ever be added. */
function plainer({ jsonSchema: schema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (schema.format) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
}
