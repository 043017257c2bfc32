import { contentTypeOf, type TranscriptFormat, transcriptFormats } from '@verbatim/domain';
import type { Request } from 'express';
import { schemaRef } from '../docs/responses.ts';
import { Refused } from '../refused.ts';

/** Without its charset, as clients name it. In the order that a client without a preference gets: json first. */
const mediaTypes = transcriptFormats.map((format) => contentTypeOf(format).split(';', 1)[0] ?? '');

/** The answers of the route, for the OpenAPI document. */
export const transcriptContent = Object.fromEntries(
  mediaTypes.map((type) => [
    type,
    { schema: type === 'application/json' ? schemaRef('Transcript') : { type: 'string' } },
  ]),
);

/** What the client prefers of our formats, by its Accept header. @throws Refused when it takes none of them */
export function acceptedFormat(request: Request): TranscriptFormat {
  const type = request.accepts(mediaTypes);
  const format = type ? transcriptFormats[mediaTypes.indexOf(type)] : undefined;
  if (!format) {
    const detail = `The transcript comes as ${mediaTypes.join(', ')} (format=${transcriptFormats.join(', ')}).`;
    throw new Refused('request.not_acceptable', { detail });
  }
  return format;
}
