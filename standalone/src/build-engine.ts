import { parseArgs } from 'node:util';
import { BuildFailed, buildEngine } from './engine/build-engine.ts';
import { cmakeFlags, engineDir } from './engine/engine-directory.ts';

// The command `node standalone/dist/build-engine.js [--portable] [--out DIR]`: says nothing when the engine is there.
// With --where it builds nothing and prints the engine's folder.
const { values } = parseArgs({
  options: {
    portable: { type: 'boolean', default: false },
    out: { type: 'string' },
    where: { type: 'boolean', default: false },
  },
});
const speed = values.portable ? 'portable' : 'native';
try {
  const folder = values.out ?? engineDir(speed);
  if (values.where) process.stdout.write(`${folder}\n`);
  else await buildEngine(folder, cmakeFlags(speed));
} catch (error) {
  if (!(error instanceof BuildFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
