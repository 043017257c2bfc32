import { parseArgs } from 'node:util';
import { BuildFailed, buildEngine } from './engine/build-engine.ts';
import { engineDir } from './engine/engine-directory.ts';

// The command `node standalone/dist/build-engine.js [--portable] [--out DIR]`: says nothing when the engine is there.
const { values } = parseArgs({
  options: { portable: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const speed = values.portable ? 'portable' : 'native';
try {
  await buildEngine(values.out ?? engineDir(speed), speed);
} catch (error) {
  if (!(error instanceof BuildFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
