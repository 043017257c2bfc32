import { choosePorts } from './choose-ports.ts';
import { lockData } from './lock-data.ts';
import { readEnvironment } from './read-environment.ts';
import { failStart } from './start-failed.ts';

// The command `node standalone/dist/check-start.js`: says nothing where `npm start` could begin now. For who would first
// build for minutes; the start itself looks again.
try {
  const settings = readEnvironment();
  using _data = lockData(settings.DATA_DIR);
  using _ports = await choosePorts(settings);
} catch (error) {
  failStart(error);
}
