import type { HearingRequest } from '../transcribe-speech.ts';

/** The form fields of one recording. No language: it finds out, at the cost of one more pass of the encoder. */
export function inferenceFields({
  language,
  translate,
  quality,
  prompt,
}: HearingRequest): Record<string, string> {
  return {
    response_format: 'verbose_json',
    language: language ?? 'auto',
    translate: String(translate),
    // Otherwise lines are wrapped at 60 characters, in the middle of words.
    max_len: '100000',
    token_timestamps: 'true',
    suppress_nst: 'true',
    // Among how many it chooses: first the most probable words at each place, in a beam the most probable sentence.
    best_of: quality === 'fast' ? '1' : '2',
    ...(quality === 'best' ? { beam_size: '5' } : {}),
    // A window that reads like noise is decoded again, each time a little freer.
    temperature: '0',
    temperature_inc: '0.2',
    entropy_thold: '2.4',
    logprob_thold: '-1',
    // What was said before must not feed the next window: that is how loops begin. A prompt needs room, and fills it.
    max_context: String(prompt === null ? 0 : prompt.tokens + 1),
    ...(prompt === null ? {} : { prompt: prompt.text, carry_initial_prompt: 'true' }),
    // Never `vad`: word times would count from the shortened audio.
  };
}
