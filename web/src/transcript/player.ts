import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

/**
 * The recording as it plays. A plain object around the browser's audio element: the position changes 60 times a second,
 * which is no business of React's; who shows it asks to be told.
 */
export class Player {
  readonly audio = new Audio();
  private readonly listeners = new Set<(seconds: number) => void>();
  private frame = 0;

  constructor() {
    this.audio.preload = 'metadata';
    for (const event of ['seeking', 'seeked', 'pause', 'loadedmetadata']) {
      this.audio.addEventListener(event, this.tell);
    }
    this.audio.addEventListener('play', () => this.run());
  }

  /** Another address of the same recording goes on where, and as, the last one was heard. */
  load(address: string): void {
    const { currentTime, paused } = this.audio;
    this.audio.src = address;
    if (currentTime > 0) this.audio.currentTime = currentTime;
    if (!paused) void this.audio.play().catch(() => {});
  }

  setSpeed(rate: number): void {
    this.audio.playbackRate = rate;
    // What it falls back to when another address is loaded.
    this.audio.defaultPlaybackRate = rate;
  }

  seek(seconds: number): void {
    this.audio.currentTime = Math.max(0, seconds);
  }

  skip(seconds: number): void {
    this.seek(this.audio.currentTime + seconds);
  }

  toggle(): void {
    if (this.audio.paused) void this.audio.play().catch(() => {});
    else this.audio.pause();
  }

  /** Calls back with the position, in seconds, at once and whenever it changes. */
  onPosition(listener: (seconds: number) => void): () => void {
    this.listeners.add(listener);
    listener(this.audio.currentTime);
    return () => this.listeners.delete(listener);
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  private readonly tell = (): void => {
    for (const listener of this.listeners) listener(this.audio.currentTime);
  };

  private run(): void {
    cancelAnimationFrame(this.frame);
    const step = () => {
      this.tell();
      if (!this.audio.paused) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }
}

/** A player for as long as the view is shown. */
export function usePlayer(address: string | undefined): Player {
  const [player] = useState(() => new Player());
  useEffect(() => {
    if (address) player.load(address);
  }, [player, address]);
  useEffect(() => () => player.end(), [player]);
  return player;
}

export function usePlaying(player: Player): boolean {
  return useAudio(player, ['play', 'pause', 'ended'], ({ paused }) => !paused);
}

/** Browsers play less than the speech engine reads: no aiff, no wma. */
export function useIsPlayable(player: Player): boolean {
  return useAudio(player, ['error', 'loadedmetadata'], ({ error }) => error === null);
}

function useAudio(
  { audio }: Player,
  events: readonly (keyof HTMLMediaElementEventMap)[],
  look: (audio: HTMLAudioElement) => boolean,
): boolean {
  return useSyncExternalStore(
    (listener) => {
      for (const event of events) audio.addEventListener(event, listener);
      return () => {
        for (const event of events) audio.removeEventListener(event, listener);
      };
    },
    () => look(audio),
  );
}

/** The position in whole seconds: what a clock shows. */
export function useSeconds(player: Player): number {
  const seconds = useRef(0);
  return useSyncExternalStore(
    (listener) =>
      player.onPosition((position) => {
        seconds.current = Math.floor(position);
        listener();
      }),
    () => seconds.current,
  );
}
