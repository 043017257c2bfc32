import { z } from 'zod';

/** How a recording shall be heard: what its user asked for, or left to us. */
export const TranscriptionOptions = z.object({
  /** One of Whisper's codes; null: found by listening. */
  language: z.string().nullable(),
  /** `translate`: into English, whatever is spoken. */
  task: z.enum(['transcribe', 'translate']),
  /** `fast`: greedy. `balanced`: the better of two. `best`: a beam of five, about half as much work again. */
  quality: z.enum(['fast', 'balanced', 'best']),
  /** Words and style the engine shall expect: names, terms, a sentence from before. */
  prompt: z.string().nullable(),
  keywords: z.array(z.string()),
  /** `separate`: each channel of a stereo recording is a speaker. */
  channels: z.enum(['mixed', 'separate']),
});
export type TranscriptionOptions = z.infer<typeof TranscriptionOptions>;

export const defaultTranscriptionOptions: TranscriptionOptions = {
  language: null,
  task: 'transcribe',
  quality: 'balanced',
  prompt: null,
  keywords: [],
  channels: 'mixed',
};
