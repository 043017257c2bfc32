import type { components } from '../server/server-client.ts';

/** What a person may say about how their recordings shall be heard. */
export type UploadOptions = Pick<
  components['schemas']['CreateJobRequest'],
  'language' | 'quality' | 'prompt' | 'channels'
>;

const remembered = 'verbatim.upload-options';

/** As they were chosen the last time, in this browser. */
export function rememberedOptions(): UploadOptions {
  try {
    return JSON.parse(localStorage.getItem(remembered) ?? '{}') as UploadOptions;
  } catch {
    return {};
  }
}

export function rememberOptions(options: UploadOptions): void {
  localStorage.setItem(remembered, JSON.stringify(options));
}
