import { z } from 'zod';

/** Who works on something, until when. Another worker may take it over once `until` has passed. */
export const Lease = z.looseObject({
  worker: z.string(),
  /** The delivery it came with: the same id again means that its receiver is gone. */
  messageId: z.string(),
  until: z.number().int(),
});
export type Lease = z.infer<typeof Lease>;
