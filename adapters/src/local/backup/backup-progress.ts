export interface BackupOptions {
  /** How far it is; `bytesTotal` grows when more is stored meanwhile. */
  onProgress?: ((progress: BackupProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface BackupProgress {
  step: 'copying' | 'checking';
  bytesDone: number;
  bytesTotal: number;
}

/** Tells how far a step is, given the bytes of each piece of it. */
export function counting(
  step: BackupProgress['step'],
  bytesTotal: number,
  { onProgress }: BackupOptions,
): (bytes: number) => void {
  let bytesDone = 0;
  return (bytes) => {
    bytesDone += bytes;
    onProgress?.({ step, bytesDone, bytesTotal });
  };
}
