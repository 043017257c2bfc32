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

  load(address: string): void {
    const at = this.audio.currentTime;
    this.audio.src = address;
    if (at > 0) this.audio.currentTime = at;
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
  return useSyncExternalStore(
    (listener) => {
      const events = ['play', 'pause', 'ended'] as const;
      for (const event of events) player.audio.addEventListener(event, listener);
      return () => {
        for (const event of events) player.audio.removeEventListener(event, listener);
      };
    },
    () => !player.audio.paused,
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
