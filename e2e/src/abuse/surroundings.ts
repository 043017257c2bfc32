/** What every part is handed. */
export interface Surroundings {
  /** A folder of this run, gone when it is over. */
  folder: string;
  /** An ffmpeg to make recordings with. */
  ffmpeg: string;
  quick: boolean;
  count: number;
  seed: number;
  /** Ctrl-C: parts end at their next step. */
  signal: AbortSignal;
}
