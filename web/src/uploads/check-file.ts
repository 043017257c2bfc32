import { audioTypeOf } from '@verbatim/domain/audio-types';

export type Refusal = 'empty' | 'type' | 'size';

/** What the server would refuse anyway, known before a single byte is sent; null: nothing against it. */
export function whatIsWrongWith(
  file: Pick<File, 'name' | 'size' | 'type'>,
  { maxUploadBytes }: { maxUploadBytes: number },
): Refusal | null {
  if (file.size === 0) return 'empty';
  if (contentTypeOf(file) === null) return 'type';
  return file.size > maxUploadBytes ? 'size' : null;
}

/** The type to announce a file as; null for what is neither audio nor video. Browsers don't know every ending. */
export function contentTypeOf(file: Pick<File, 'name' | 'type'>): string | null {
  return (audioTypeOf(file.type, file.name) ?? audioTypeOf('', file.name))?.contentType ?? null;
}
