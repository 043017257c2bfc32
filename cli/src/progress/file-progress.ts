/** How far one recording is. */
export type FileProgress =
  | { step: 'uploading'; bytesDone: number; bytesTotal: number }
  | {
      step: 'waiting';
      attempt: number;
      /** Pieces of work before it in the queue; null where nobody knows. */
      atMostBefore: number | null;
    }
  | {
      step: 'transcribing';
      secondsDone: number;
      /** Null until the recording was read. */
      secondsTotal: number | null;
      /** Of waiting, not of audio; null until there is something to judge by. */
      secondsLeft: number | null;
    }
  /** Its worker is lost; another one takes over. */
  | { step: 'stalled' }
  /** Something does not answer and is tried again. */
  | { step: 'trouble'; sentence: string };

/** Where people see it: bars on a terminal, lines in a log, nothing at all. */
export interface ProgressView {
  show(name: string, progress: FileProgress): void;
  /** The last word on a file, good or bad. */
  finish(name: string, sentence: string): void;
  fail(name: string, sentence: string): void;
  /** A sentence about everything. */
  say(sentence: string): void;
  end(): void;
}
