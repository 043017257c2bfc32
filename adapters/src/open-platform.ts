import type { Platform } from './platform.ts';
import type { PlatformSettings } from './platform-settings.ts';

/** The only place that knows which platforms there are. */
export async function openPlatform(settings: PlatformSettings): Promise<Platform> {
  if (settings.PLATFORM === 'aws') return (await import('./aws/open-aws.ts')).openAws(settings);
  return (await import('./local/open-local.ts')).openLocal(settings);
}
