import { remember, remembered } from '../remembered.ts';
import type { UploadOptions } from './upload-options.ts';

/** An upload in parts that has begun: enough to go on with it once its file is chosen again. Nothing of the audio. */
export interface RememberedUpload {
  userId: string;
  /** The Idempotency-Key of its job: asked for again under it, the server says what has arrived. */
  key: string;
  jobId: string;
  name: string;
  sizeBytes: number;
  /** Milliseconds since 1970, as the file's own. */
  lastModified: number;
  options: UploadOptions;
}

const name = 'verbatim.unfinished-uploads';

/** Of this person, in this browser. */
export function rememberedUploads(userId: string): RememberedUpload[] {
  return all().filter((upload) => upload.userId === userId);
}

export function rememberUpload(upload: RememberedUpload): void {
  save([...all().filter(({ key }) => key !== upload.key), upload]);
}

export function forgetUpload(key: string): void {
  save(all().filter((upload) => upload.key !== key));
}

/** The same file, as far as a browser can tell without reading it. */
export function isFileOf(
  { name, sizeBytes, lastModified }: Pick<RememberedUpload, 'name' | 'sizeBytes' | 'lastModified'>,
  file: Pick<File, 'name' | 'size' | 'lastModified'>,
): boolean {
  return file.name === name && file.size === sizeBytes && file.lastModified === lastModified;
}

/** Says to the other tabs that this one sends it, until the answer is called or the tab is gone. */
export function holdUpload(key: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Only where the page is served over https, or from this very machine; elsewhere other tabs offer to go on with it too.
  void navigator.locks?.request(lockOf(key), () => promise);
  return resolve;
}

/** Those that no tab is sending just now. */
export async function heldByNobody(uploads: RememberedUpload[]): Promise<RememberedUpload[]> {
  const locks = await navigator.locks?.query();
  const held = new Set(locks?.held?.map(({ name }) => name));
  return uploads.filter(({ key }) => !held.has(lockOf(key)));
}

function lockOf(key: string): string {
  return `verbatim-upload-${key}`;
}

function all(): RememberedUpload[] {
  try {
    return JSON.parse(remembered(name) ?? '[]') as RememberedUpload[];
  } catch {
    return [];
  }
}

function save(uploads: RememberedUpload[]): void {
  remember(name, JSON.stringify(uploads));
}
