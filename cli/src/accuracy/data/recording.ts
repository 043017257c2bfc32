/** A recording and what is really said in it. */
export interface Recording {
  /** Path of the audio. */
  audio: string;
  truth: string;
  /** One of Whisper's codes, where the data says so. */
  language?: string | undefined;
}
