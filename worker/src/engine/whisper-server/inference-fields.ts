/** The form fields of one recording. `null`: tell us the language, at the cost of one more pass of the encoder. */
export function inferenceFields(language: string | null): Record<string, string> {
  return {
    response_format: 'verbose_json',
    language: language ?? 'auto',
    no_language_probabilities: String(language !== null),
    // Otherwise lines are wrapped at 60 characters, in the middle of words.
    max_len: '100000',
    token_timestamps: 'true',
    // What was said before must not feed the next window: that is how loops begin.
    max_context: '0',
    suppress_nst: 'true',
    best_of: '2',
    // A window that reads like noise is decoded again, each time a little freer.
    temperature: '0',
    temperature_inc: '0.2',
    entropy_thold: '2.4',
    logprob_thold: '-1',
    // Never `vad`: word times would count from the shortened audio.
  };
}
