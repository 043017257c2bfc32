/** Seconds from the start of the audio. */
export interface Span {
  start: number;
  end: number;
}

/** A segment's times are good to this many seconds. */
const timeTolerance = 0.3;

/** Where in a recording somebody may be speaking. */
export class SpeechMap {
  /** In order, apart from each other. */
  readonly #spans: readonly Span[];
  /** 0 to 1: how much of the recording is not speech. */
  readonly silenceShare: number;
  /** When somebody first speaks up, as far as is known: before may be anything that is not silence. */
  readonly voiceStart: number;

  constructor(spans: readonly Span[], durationSeconds: number, voiceStart: number | null = null) {
    this.#spans = spans;
    this.voiceStart = voiceStart ?? this.start;
    const speech = spans.reduce((sum, { start, end }) => sum + end - start, 0);
    const share = durationSeconds > 0 ? 1 - speech / durationSeconds : 1;
    this.silenceShare = Number(Math.max(0, share).toFixed(3));
  }

  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  /** Of the first speech; 0 where there is none. */
  get start(): number {
    return this.#spans[0]?.start ?? 0;
  }

  /** Whether any of it is within this span, as exactly as segments have their times. */
  touches(span: Span): boolean {
    return this.#spans.some(
      ({ start, end }) => start < span.end + timeTolerance && end > span.start - timeTolerance,
    );
  }
}
