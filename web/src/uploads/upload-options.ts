import { remember, remembered } from '../remembered.ts';
import type { components } from '../server/server-client.ts';

/** What a person may say about how their recordings shall be heard. */
export type UploadOptions = Pick<
  components['schemas']['CreateJobRequest'],
  'language' | 'quality' | 'prompt' | 'channels'
>;

const name = 'verbatim.upload-options';

/** As they were chosen the last time, in this browser. */
export function rememberedOptions(): UploadOptions {
  try {
    return JSON.parse(remembered(name) ?? '{}') as UploadOptions;
  } catch {
    return {};
  }
}

export function rememberOptions(options: UploadOptions): void {
  remember(name, JSON.stringify(options));
}
