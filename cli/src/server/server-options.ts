import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.ts';
import { type ServerSettings, VerbatimServer } from './verbatim-server.ts';

const defaultUrl = 'http://localhost:8000';

/** The options of every command that talks to a server. */
export function withServer(command: Command): Command {
  return command
    .option('--url <url>', `the server (default: VERBATIM_URL, or ${defaultUrl})`)
    .option('--key <key>', 'its API key (default: VERBATIM_API_KEY)');
}

export interface ServerOptions {
  url?: string;
  key?: string;
}

export function serverOf(
  { url, key }: ServerOptions,
  { env }: Pick<Surroundings, 'env'>,
  more: Pick<ServerSettings, 'patienceMs' | 'onTrouble'> = {},
): VerbatimServer {
  return new VerbatimServer({
    url: url ?? (env['VERBATIM_URL'] || defaultUrl),
    key: key ?? (env['VERBATIM_API_KEY'] || undefined),
    ...more,
  });
}
