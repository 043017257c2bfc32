import { z } from 'zod';
import { localSecret } from '../local/local-secret.ts';
import { BadSettings } from '../program/read-settings.ts';

export const LinkSettings = z.object({
  /** Signs the links in mails; the same for api and notifier. Default on `local`: made once under DATA_DIR. */
  LINK_SECRET: z.string().min(32).optional(),
});
export type LinkSettings = z.infer<typeof LinkSettings>;

/** @throws BadSettings when there is none and no folder that all programs share to keep one in */
export async function linkSecretOf(
  settings: LinkSettings & { PLATFORM: 'local' | 'aws'; DATA_DIR: string },
): Promise<string> {
  if (settings.LINK_SECRET) return settings.LINK_SECRET;
  if (settings.PLATFORM === 'local') return localSecret(settings.DATA_DIR, 'links');
  throw new BadSettings(['LINK_SECRET: has to be set when PLATFORM is aws, the same for api and notifier']);
}
