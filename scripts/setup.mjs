// Runs before `npm start`, `npm test` and most of `npm run …` (package.json says for what): installs and builds whatever is missing, and nothing else.
// Plain JavaScript for any Node from 18 on: it is what brings the Node that the rest runs on.

import { buildEngine, hasEngine } from './setup/build-engine.mjs';
import { buildPage, isPageBuilt } from './setup/build-page.mjs';
import { checkStart } from './setup/check-start.mjs';
import { compileSources } from './setup/compile-sources.mjs';
import { engineIsSimulated } from './setup/engine-is-simulated.mjs';
import { installPackages } from './setup/install-packages.mjs';
import { installTools } from './setup/install-tools.mjs';
import { SetupFailed } from './setup/setup-failed.mjs';
import { whileLocked } from './setup/while-locked.mjs';

/** `start`, `test`, `engine` (what brings a server of its own), `cli`, `faults` or `check`. */
const purpose = process.argv.find((argument) => argument.startsWith('--for='))?.slice('--for='.length);
/** The command line and the checks only read what is there. */
const runsServers = ['start', 'test', 'engine'].includes(purpose);
const needsEngine = runsServers && !(purpose === 'start' && engineIsSimulated());

try {
  whileLocked((stdio) => {
    // First, since it is what may be refused: nothing is half done then.
    if (runsServers) installTools(purpose, { needsEngine });
    installPackages({ stdio });
    if (purpose === 'check') return;
    compileSources({ stdio });
    if (!runsServers) return;
    const isBuilt = isPageBuilt() && (hasEngine() || !needsEngine);
    // Where nothing is to be built the start itself says it as soon. (An engine that an upgrade replaces is built first.)
    if (purpose === 'start' && !isBuilt) checkStart();
    buildPage({ stdio });
    if (needsEngine) buildEngine({ stdio });
  });
} catch (error) {
  if (!(error instanceof SetupFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
