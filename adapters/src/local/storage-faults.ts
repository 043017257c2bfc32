/**
 * SQLite's primary result codes for what may be better in a while: another program writes, the disk is full or does not
 * answer, the file can't be opened. Source: https://www.sqlite.org/rescode.html
 */
const passing = new Set([5 /* BUSY */, 6 /* LOCKED */, 8 /* READONLY */, 10 /* IOERR */, 13 /* FULL */])
  .add(14 /* CANTOPEN */)
  .add(15 /* PROTOCOL: a race for the write-ahead log */);

/** Likewise for files; EFBIG is a file over the size that the process may write. */
const passingFileCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES']);

export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  if (error.code !== 'ERR_SQLITE_ERROR') return passingFileCodes.has(String(error.code));
  return 'errcode' in error && passing.has(Number(error.errcode) & 0xff);
}

type Unavailable = new (message: string, options: { cause: unknown }) => Error;

/** What is wrong only for now becomes `Unavailable`; everything else stays as it is. */
export function asUnavailable(Unavailable: Unavailable, what: string, error: unknown): unknown {
  if (!isPassing(error)) return error;
  return new Unavailable(`${what}: ${(error as Error).message}`, { cause: error });
}

export function orUnavailable<T>(Unavailable: Unavailable, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUnavailable(Unavailable, what, error);
  }
}
