import { Job, JobStatus, Transcript } from '@verbatim/domain';
import { z } from 'zod';
import { type RefusalCode, refusals } from '../refused.ts';

const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];

const Upload = z.union([
  z.object({
    method: z.literal('POST'),
    url: z.url(),
    /** All of them go into the form, before the file, which is called `file`. */
    fields: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  }),
  z.object({
    method: z.literal('PUT'),
    url: z.url(),
    /** All of them have to be sent. */
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  }),
]);

/** What leaves, as it stands in the OpenAPI document. Job and Transcript are the domain's own schemas. */
const schemas = {
  Job,
  Transcript,
  CreatedJob: z.object({ job: Job, upload: Upload }),
  JobList: z.object({ items: z.array(Job), nextCursor: z.string().nullable() }),
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
  const json = z.toJSONSchema(registry, { io: 'output', uri: (id) => `#/components/schemas/${id}` }).schemas;
  for (const schema of Object.values(json)) {
    delete schema.$schema;
    delete schema.$id;
  }
  return json;
}
