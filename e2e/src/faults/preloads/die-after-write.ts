/**
 * Loaded before a program by a test alone (`--import die-after-write.ts?file=/tmp/x/worker`): notes every write that others
 * can see, one line each in `file.seen`; and when `file` names one, the program is killed (-9) right after it, once. Beats
 * come by the clock and are not counted. No setting of the programs can do this. For the platform `local`.
 */
import { appendFileSync, readFileSync, unlinkSync } from 'node:fs';

const file = new URL(import.meta.url).searchParams.get('file') ?? '';

function written(what: string | null): void {
  if (what === null) return;
  appendFileSync(`${file}.seen`, `${what}\n`);
  if (deadlyWrite() !== what) return;
  unlinkSync(file);
  process.kill(process.pid, 'SIGKILL');
}

function deadlyWrite(): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

type Method = (...args: never[]) => unknown;

/** Every call of the method goes on as before, and is a write when `name` has a name for it. */
async function watch<Args extends unknown[]>(
  script: string,
  className: string,
  method: string,
  name: (args: Args, result: unknown) => string | null,
): Promise<void> {
  const module = (await import(new URL(`../../../../${script}`, import.meta.url).href)) as Record<
    string,
    { prototype: Record<string, Method> }
  >;
  const prototype = module[className]?.prototype;
  const original = prototype?.[method] as ((...args: Args) => unknown) | undefined;
  if (!prototype || !original) throw new Error(`there is no ${className}.${method} in ${script}`);
  prototype[method] = function (this: unknown, ...args: Args) {
    const result = original.apply(this, args);
    if (result instanceof Promise) {
      return result.then((value: unknown) => {
        written(name(args, value));
        return value;
      });
    }
    written(name(args, result));
    return result;
  } as Method;
}

interface Change {
  set: Record<string, unknown>;
  chunk?: { index: number; set: Record<string, unknown> };
}

function nameOfChange({ set, chunk }: Change): string | null {
  if (chunk?.set['state'] === 'working') return `chunk ${chunk.index} claimed`;
  if (chunk?.set['state'] === 'done') return `chunk ${chunk.index} done`;
  if ('fence' in set) return 'job claimed';
  if (typeof set['status'] === 'string') return `job ${set['status']}`;
  if ('chunks' in set) return 'recording cut';
  if ('deliveries' in set)
    return JSON.stringify(set['deliveries']).includes('"sending"') ? 'mail begun' : 'mail noted';
  if ('owes' in set) return 'debts changed';
  return null;
}

const local = 'adapters/dist/local';
await watch<[string, Change]>(
  `${local}/sqlite-job-store.js`,
  'SqliteJobStore',
  'change',
  ([, change], saved) => (saved ? nameOfChange(change) : null),
);
await watch<[string, string]>(
  `${local}/file-object-store.js`,
  'FileObjectStore',
  'put',
  ([, key]) => `${key.split('/').at(-1)} stored`,
);
await watch<[string, string]>(
  `${local}/sqlite-work-queue.js`,
  'SqliteWorkQueue',
  'send',
  ([queue, body]) => `${kindOf(body)} sent to ${queue}`,
);
await watch<[string]>(`${local}/sqlite-messages.js`, 'SqliteMessages', 'receive', ([queue], message) =>
  message ? `${kindOf((message as { body: string }).body)} received from ${queue}` : null,
);
await watch<[string, { body: string }]>(
  `${local}/sqlite-messages.js`,
  'SqliteMessages',
  'settle',
  ([queue, { body }]) => `${kindOf(body)} settled in ${queue}`,
);
if (process.argv[1]?.includes('/notifier/')) {
  const script = 'notifier/dist/channels/mail/mail-channel.js';
  await watch(script, 'MailChannel', 'deliver', () => 'mail sent');
}

function kindOf(body: string): string {
  return (JSON.parse(body) as { kind?: string }).kind ?? 'event';
}
