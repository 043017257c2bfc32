export interface DecodeOptions {
  /** Longer recordings are refused, by what was decoded and not by what a header says. */
  maxSeconds: number;
  /** Aborting ends the decoder's process. */
  signal: AbortSignal;
  /** Given: the left channel goes to `wavPath` and the right one here; a mono recording goes to both. */
  rightChannelPath?: string;
}

export interface DecodedAudio {
  /** Counted in decoded samples: a truncated file gives what is there. */
  durationSeconds: number;
  /** The file holds clearly less sound than it says itself; false where it does not say (ogg, raw aac). */
  truncated: boolean;
  /** With `rightChannelPath`: whether the two channels say different things. */
  channelsDiffer: boolean;
}

/** Turns any recording into the one kind of audio that engines get. Decoders: ffmpeg. */
export abstract class AudioDecoder {
  /**
   * Reads the untrusted file at `sourcePath` and writes 16 kHz mono 16-bit WAV to `wavPath`.
   * @throws JobFailure audio.empty | audio.unreadable | audio.no_sound | audio.too_long | audio.too_complex |
   *   disk.full, and engine.timeout | engine.out_of_memory when this machine can't for now; the signal's reason when it aborts
   */
  abstract decode(sourcePath: string, wavPath: string, options: DecodeOptions): Promise<DecodedAudio>;
}
