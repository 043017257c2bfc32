import { isIP } from 'node:net';
import { AudioQuotaSettings, JobSettings, LinkSettings, PlatformSettings } from '@verbatim/adapters';
import { isMailAddress, smallestPartBytesOnS3 } from '@verbatim/domain';
import { z } from 'zod';
import { type ApiKey, parseApiKeys } from './auth/api-keys.ts';

export const ApiConfig = z
  .object({
    ...PlatformSettings.shape,
    ...JobSettings.shape,
    ...AudioQuotaSettings.shape,
    ...LinkSettings.shape,
    /** The address to listen at. Default: 127.0.0.1 without keys, every address with them. */
    HOST: z.string().optional(),
    /** `name:key:user[:email[:operator]]`, with commas between; keys of 32 characters or more. */
    API_KEYS: z
      .string()
      .optional()
      .transform((list, context): ApiKey[] => {
        if (list === undefined) return [];
        const { keys, problems } = parseApiKeys(list);
        for (const message of problems) context.addIssue({ code: 'custom', message });
        return keys;
      }),
    /** `1`: without keys, listen elsewhere than on 127.0.0.1 too. For containers whose port is published locally only. */
    ALLOW_ANONYMOUS: z.stringbool().default(false),
    /** Where users without an address of their own are told about the end of their jobs. */
    MAIL_TO: z.string().refine(isMailAddress, 'has to be one plain e-mail address').optional(),
    /** The size of the parts of an upload in parts, in MiB; fractions are for tests. S3 takes none below 5. */
    UPLOAD_PART_MIB: z.coerce.number().min(0.01).max(1024).default(8),
    /** Requests a minute, for each user, and for each address that shows no key. */
    RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(600),
    /** Jobs of one user that have not ended; unset: any number. */
    MAX_OPEN_JOBS_PER_USER: z.coerce.number().int().min(1).max(10_000).optional(),
    /** Proxies before us whose X-Forwarded-For is believed: how many, or their addresses (`loopback`, `10.0.0.0/8`). */
    TRUST_PROXY: z
      .string()
      .refine(isProxyList, 'has to be a number of proxies, or their addresses with commas between')
      .transform((value) => (/^\d+$/.test(value) ? Number(value) : value))
      .optional(),
    /** How long requests that are being answered may take after SIGTERM. */
    SHUTDOWN_GRACE_SECONDS: z.coerce.number().min(0).max(110).default(2),
    /** Set by `npm start`: the program ends with the pipe to its parent. */
    VERBATIM_SUPERVISED: z.stringbool().default(false),
  })
  .superRefine((config, context) => {
    const known = config.API_KEYS.length > 0 || config.ALLOW_ANONYMOUS;
    if (!known && config.HOST !== undefined && !isLoopback(config.HOST)) {
      const message = 'without API_KEYS the server listens on 127.0.0.1 only; ALLOW_ANONYMOUS=1 lifts that';
      context.addIssue({ code: 'custom', path: ['HOST'], message });
    }
    if (config.PLATFORM === 'aws' && uploadPartBytesOf(config) < smallestPartBytesOnS3) {
      const message = 'has to be 5 or more on aws: S3 takes no smaller parts';
      context.addIssue({ code: 'custom', path: ['UPLOAD_PART_MIB'], message });
    }
  });
export type ApiConfig = z.output<typeof ApiConfig>;

/** As Nest's ConfigService holds them: `PUBLIC_URL` is there even where it only follows from the port. */
export type ApiSettings = ApiConfig & { PUBLIC_URL: string };

export function listenHostOf(config: Pick<ApiConfig, 'HOST' | 'API_KEYS'>): string {
  return config.HOST ?? (config.API_KEYS.length > 0 ? '0.0.0.0' : '127.0.0.1');
}

export function uploadPartBytesOf(config: { UPLOAD_PART_MIB: number }): number {
  return Math.ceil(config.UPLOAD_PART_MIB * 1024 * 1024);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `true`, which Express would take too, believes anybody. */
function isProxyList(value: string): boolean {
  if (/^\d{1,2}$/.test(value)) return true;
  return value.split(',').every((proxy) => {
    const [address = '', bits = '0', ...rest] = proxy.trim().split('/');
    const known = isIP(address) !== 0 || ['loopback', 'linklocal', 'uniquelocal'].includes(address);
    return known && /^\d{1,3}$/.test(bits) && rest.length === 0;
  });
}
