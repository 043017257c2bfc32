import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { JobFailure } from '@verbatim/domain';
import { type ChildEnd, endChild, endOf } from '../child-process/child-end.ts';
import type { ChildGuards } from '../child-process/child-guards.ts';
import { audioCodecs } from './audio-codecs.ts';
import { AudioDecoder, type DecodedAudio, type DecodeOptions } from './audio-decoder.ts';
import { declaredWavSeconds } from './declared-wav-length.ts';
import { type FfmpegSaid, listenTo } from './ffmpeg-said.ts';
import { sampleRate } from './wav-file.ts';
import { WavTracks } from './wav-tracks.ts';

/** Enough for 4 hours of any format; what it can't hold is an attack. */
const addressSpaceBytes = 2 * 1024 ** 3;
/** ffmpeg's own end after SIGTERM. */
const graceMs = 1_000;
const leastMissingSeconds = 2;

/**
 * ffmpeg on a file that a stranger made: it may read that file and nothing else, and write to a pipe and nowhere else.
 * A playlist named .mp3 would make it read other people's files; the list of formats is what stops that.
 */
export class FfmpegDecoder extends AudioDecoder {
  readonly #ffmpeg: string;
  readonly #guards: ChildGuards;
  readonly #wallSecondsFor: (maxSeconds: number) => number;
  readonly #cpuSecondsFor: (maxSeconds: number) => number;

  /**
   * The time to decode in follows from what is allowed: the declared length would be the attacker's number. Of CPU time it
   * gets half as much: what uses that up does so on an idle machine too, and trying again can't help.
   */
  constructor(options: {
    ffmpeg: string;
    guards: ChildGuards;
    wallSecondsFor?: (maxSeconds: number) => number;
    cpuSecondsFor?: (maxSeconds: number) => number;
  }) {
    super();
    this.#ffmpeg = options.ffmpeg;
    this.#guards = options.guards;
    this.#wallSecondsFor = options.wallSecondsFor ?? ((maxSeconds) => 60 + maxSeconds / 60);
    this.#cpuSecondsFor = options.cpuSecondsFor ?? ((maxSeconds) => this.#wallSecondsFor(maxSeconds) / 2);
  }

  override async decode(sourcePath: string, wavPath: string, options: DecodeOptions): Promise<DecodedAudio> {
    const { maxSeconds, signal } = options;
    signal.throwIfAborted();
    if ((await stat(sourcePath)).size === 0) throw new JobFailure('audio.empty', 'the file has no bytes');

    const wallSeconds = Math.ceil(this.#wallSecondsFor(maxSeconds));
    const tooSlow = AbortSignal.timeout(wallSeconds * 1_000);
    try {
      const { rightChannelPath } = options;
      await using wav = await WavTracks.create(rightChannelPath ? [wavPath, rightChannelPath] : [wavPath]);
      const { said, ...end } = await this.#run(sourcePath, wav, options, {
        cpuSeconds: Math.ceil(this.#cpuSecondsFor(maxSeconds)),
        stop: AbortSignal.any([signal, tooSlow]),
      });
      signal.throwIfAborted();
      if (tooSlow.aborted) throw new JobFailure('engine.timeout', `ffmpeg ran for ${wallSeconds} s`);
      refuseFailure(end, said);
      if (wav.samples === 0) throw new JobFailure('audio.empty', 'the file holds no audio samples');
      await wav.finish();
      const durationSeconds = wav.samples / sampleRate;
      const declared = (await declaredWavSeconds(sourcePath)) ?? said.declaredSeconds;
      const truncated = said.isPartial || isClearlyShort(durationSeconds, declared);
      return { durationSeconds, truncated, channelsDiffer: wav.channelsDiffer };
    } catch (error) {
      if (isDiskFull(error))
        throw new JobFailure('disk.full', 'no room for the decoded audio', { cause: error });
      throw error;
    }
  }

  /** Ends with ffmpeg, whatever happens; by then everything that it gave is in `wav`. */
  async #run(
    sourcePath: string,
    wav: WavTracks,
    { maxSeconds, rightChannelPath }: DecodeOptions,
    { cpuSeconds, stop }: { cpuSeconds: number; stop: AbortSignal },
  ): Promise<ChildEnd & { said: FfmpegSaid }> {
    const child = this.#guards.spawn({
      program: this.#ffmpeg,
      args: ffmpegArguments(basename(sourcePath), maxSeconds, rightChannelPath ? 2 : 1),
      cwd: dirname(sourcePath),
      // One heap for all its threads: each heap takes 64 MB of address space on many cores.
      env: { MALLOC_ARENA_MAX: '2' },
      confined: true,
      limits: { addressSpaceBytes, cpuSeconds, fileBytes: 0, openFiles: 64 },
    });
    const ended = endOf(child);
    const said = listenTo(child.stderr);
    const end = () => void endChild(child, ended, graceMs);
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    try {
      await collect(child.stdout, wav, maxSeconds);
      await ended;
    } catch (error) {
      await endChild(child, ended, graceMs);
      // A pipe that breaks because ffmpeg is ended on purpose is no error of its own.
      if (!stop.aborted) throw error;
    } finally {
      stop.removeEventListener('abort', end);
    }
    return { ...(await ended), said: said() };
  }
}

function ffmpegArguments(fileName: string, maxSeconds: number, channels: 1 | 2): string[] {
  return [
    ...['-nostdin', '-nostats'],
    // It has to say that it runs, and how long the file claims to be.
    ...['-v', 'info'],
    ...['-protocol_whitelist', 'file,pipe'],
    ...['-format_whitelist', 'wav,mp3,flac,ogg,mov,matroska,aac,amr,aiff,w64,caf,asf'],
    ...['-codec_whitelist', audioCodecs.join(',')],
    ...['-max_streams', '16'],
    // "./" keeps a name from being an option or a protocol.
    ...['-i', `./${fileName}`],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn'],
    // One second more than allowed: so that too much is seen, and not cut.
    ...['-t', String(maxSeconds + 1)],
    ...['-ar', String(sampleRate), '-ac', String(channels), '-f', 's16le', 'pipe:1'],
  ];
}

/** One piece at a time: a full pipe holds ffmpeg up until the disk has taken it. @throws JobFailure audio.too_long */
async function collect(stdout: Readable, wav: WavTracks, maxSeconds: number): Promise<void> {
  for await (const pcm of stdout) {
    await wav.append(pcm);
    if (wav.samples > maxSeconds * sampleRate) {
      throw new JobFailure('audio.too_long', `more than ${maxSeconds} s of audio`);
    }
  }
}

/**
 * Less sound than the file itself declares. A hundredth may be missing: what is cut off for gapless playing, gaps in a
 * recording of a call, a rounded number.
 */
function isClearlyShort(durationSeconds: number, declaredSeconds: number | null): boolean {
  if (declaredSeconds === null) return false;
  return declaredSeconds - durationSeconds > Math.max(leastMissingSeconds, declaredSeconds / 100);
}

function refuseFailure({ exitCode, signal, error }: ChildEnd, said: FfmpegSaid): void {
  if (error) throw new Error('ffmpeg could not be started', { cause: error });
  const { hasBegun, lacksThreads, hasNoAudio, isOutOfTime } = said;
  if (signal === 'SIGXCPU' || isOutOfTime)
    throw new JobFailure('audio.too_complex', 'ffmpeg used up its CPU time');
  if (exitCode === 0) return;
  if (signal === 'SIGKILL') throw new JobFailure('engine.out_of_memory', 'ffmpeg was killed from outside');
  // No fault of the file: ffmpeg is gone or lacks a library, a guard was refused, there are too many processes.
  if (!hasBegun) throw new Error(`ffmpeg did not begin: exit code ${exitCode}, signal ${signal}`);
  if (lacksThreads) throw new Error('ffmpeg was given no more threads');
  if (signal !== null) throw new JobFailure('audio.unreadable', `ffmpeg was ended by ${signal}`);
  if (hasNoAudio) throw new JobFailure('audio.no_sound', 'no audio stream');
  throw new JobFailure('audio.unreadable', `ffmpeg gave up with code ${exitCode}`);
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
