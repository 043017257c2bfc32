import {
  createLogger,
  linkSecretOf,
  openPlatform,
  readSettings,
  sayWhyEnded,
  stopped,
  stopSignal,
} from '@verbatim/adapters';
import { ApiConfig, listenHostOf } from './config.ts';
import { createApp } from './create-app.ts';

sayWhyEnded();
const config = readSettings(ApiConfig, process.env);
const log = createLogger('api', config);
const linkSecret = await linkSecretOf(config);
const stop = stopSignal({ supervised: config.VERBATIM_SUPERVISED });

const platform = await openPlatform(config);
const app = await createApp({ config, platform, log, linkSecret });
await app.listen(config.PORT, listenHostOf(config));
log.info({ event: 'api.ready', address: await app.getUrl(), keys: config.API_KEYS.length });

await stopped(stop);
log.info({ event: 'api.stopping' });
// No new connections; requests under way may finish, within reason.
const lastCall = setTimeout(
  () => app.getHttpServer().closeAllConnections(),
  config.SHUTDOWN_GRACE_SECONDS * 1000,
);
await app.close();
clearTimeout(lastCall);
await platform.close();
log.info({ event: 'api.stopped' });
process.exit(0);
