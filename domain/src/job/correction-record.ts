import { z } from 'zod';

/** A version of a transcript that a person made, as it is stored in its job's record. */
export const Correction = z.looseObject({
  /** Grows with each; not every number comes to be. */
  number: z.number().int(),
  /** Milliseconds since 1970. */
  at: z.number().int(),
  /** The name of the key that it was made with; null on a server without keys. */
  by: z.string().nullable(),
});
export type Correction = z.infer<typeof Correction>;
