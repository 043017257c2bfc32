/** For tests: prints a secret of this installation. */
import { localSecret } from '../local-secret.ts';

const [dataDir = '', name = ''] = process.argv.slice(2);
process.stdout.write(await localSecret(dataDir, name));
