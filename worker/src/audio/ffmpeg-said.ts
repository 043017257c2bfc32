import { constants } from 'node:os';
import type { Readable } from 'node:stream';

/** What ffmpeg said about its input. Its words stay here: they may quote what the file holds. */
export interface FfmpegSaid {
  /** Its name, which comes before everything else: it runs, and so did the guards before it. */
  hasBegun: boolean;
  /** The system granted no more threads. */
  lacksThreads: boolean;
  hasNoAudio: boolean;
  /** How long the container says that its sound is; null where it does not say, or where that would be a guess. */
  declaredSeconds: number | null;
  /** The file ends before the place of a sample that its index lists (mp4, m4a, mov). */
  isPartial: boolean;
  /** It was told that its CPU time is used up, and ended by itself. */
  isOutOfTime: boolean;
}

/** The description of the input comes first; behind metadata of any size it is not looked for. */
const beginningKept = 65_536;
const endKept = 4_096;

/** Reads ffmpeg's stderr at `-v info` to its end, in little memory. */
export function listenTo(stderr: Readable): () => FfmpegSaid {
  let beginning = '';
  let end = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    const room = beginningKept - beginning.length;
    beginning += text.slice(0, room);
    end = (end + text).slice(-endKept);
  });
  return () => ({
    hasBegun: beginning.includes('ffmpeg version'),
    lacksThreads: end.includes(' : Resource temporarily unavailable'),
    hasNoAudio: end.includes('matches no streams'),
    declaredSeconds: declaredSeconds(beginning),
    isPartial: /: partial file$/m.test(end),
    isOutOfTime: end.includes(`received signal ${constants.signals.SIGXCPU}.`),
  });
}

/**
 * The container's own number. Not where ffmpeg divided the file's size by a bit rate, which for raw aac and for an mp3
 * without a header is a guess; and not beside other streams, since the number is that of the longest of them.
 */
function declaredSeconds(said: string): number | null {
  if (said.includes('Estimating duration from bitrate')) return null;
  const [input = ''] = said.slice(said.indexOf('Input #0')).split('Stream mapping:');
  const streams = input.match(/^ *Stream #0:.*: (Audio|Video): .*$/gm) ?? [];
  if (streams.filter((stream) => !stream.includes('(attached pic)')).length !== 1) return null;
  const time = /^ {2}Duration: (\d+):(\d\d):(\d\d\.\d+)/m.exec(input);
  if (!time) return null;
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(1).map(Number);
  return 3600 * hours + 60 * minutes + seconds;
}
