// Runs before `npm start`, `npm test`, `npm run verbatim` and `npm run check`: installs and builds whatever is missing, and nothing else.
// Plain JavaScript for any Node from 18 on: it is what brings the Node that the rest runs on.

import { buildEngine } from './setup/build-engine.mjs';
import { buildPage } from './setup/build-page.mjs';
import { compileSources } from './setup/compile-sources.mjs';
import { engineIsSimulated } from './setup/engine-is-simulated.mjs';
import { installPackages } from './setup/install-packages.mjs';
import { installTools } from './setup/install-tools.mjs';
import { SetupFailed } from './setup/setup-failed.mjs';
import { whileLocked } from './setup/while-locked.mjs';

const purpose =
  process.argv.find((argument) => argument.startsWith('--for='))?.slice('--for='.length) ?? 'start';

/** The command line and the checks only read what is there; a server and the tests need an engine. */
const needsEngine = purpose === 'test' || (purpose === 'start' && !engineIsSimulated());

try {
  whileLocked((stdio) => {
    // First, since it is what may be refused: nothing is half done then.
    if (purpose === 'start' || purpose === 'test') installTools(purpose, { needsEngine });
    installPackages({ stdio });
    if (purpose === 'check') return;
    compileSources({ stdio });
    if (needsEngine) buildPage({ stdio });
    if (needsEngine) buildEngine({ stdio });
  });
} catch (error) {
  if (!(error instanceof SetupFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
