import type { ByteStream } from '../ports/object-store.ts';

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export async function readAll(stream: ByteStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** `totalBytes` of counting bytes in pieces of 64 KiB, each made when it is asked for. */
export async function* countingBytes(totalBytes: number): AsyncGenerator<Uint8Array> {
  const pieceBytes = 64 * 1024;
  for (let done = 0; done < totalBytes; done += pieceBytes) {
    const piece = new Uint8Array(Math.min(pieceBytes, totalBytes - done));
    for (let i = 0; i < piece.length; i++) piece[i] = (done + i) % 251;
    yield piece;
  }
}
