/** For tests: backs up one folder to another, to be killed meanwhile. */
import { backUp } from '../backup/back-up.ts';

const [dataDir = '', target = ''] = process.argv.slice(2);
await backUp(dataDir, target, { onProgress: () => process.stdout.write('.') });
