/** Where the contents of the first box of this type begin, wherever it lies. @throws when there is none */
export function boxAt(file: Buffer, type: string): number {
  const at = file.indexOf(type, 0, 'latin1');
  if (at < 4) throw new Error(`the file has no box ${type}`);
  return at + 4;
}

/** A copy in which the size of the first box of this type is another. */
export function withBoxSize(file: Buffer, type: string, size: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32BE(size, boxAt(file, type) - 8);
  return copy;
}

/** A copy with another number at `offset` in the contents of a box. */
export function withNumber(file: Buffer, type: string, offset: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32BE(value, boxAt(file, type) + offset);
  return copy;
}

/** A copy with another name for a box or for the codec of a track. */
export function renamed(file: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(file);
  copy.write(to, boxAt(file, from) - 4, 'latin1');
  return copy;
}
