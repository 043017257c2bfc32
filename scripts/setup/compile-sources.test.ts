import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileSources } from './compile-sources.mjs';
import { repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

describe('compileSources', { timeout: 60_000 }, () => {
  let root: string;
  beforeEach(() => {
    vi.spyOn(console, 'log').mockReturnValue();
    root = mkdtempSync(join(tmpdir(), 'verbatim-compile-'));
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(repository, 'node_modules/typescript'), join(root, 'node_modules/typescript'));
    write('tsconfig.json', '{ "files": [], "references": [{ "path": "api" }] }');
    write(
      'tsconfig.base.json',
      '{ "compilerOptions": { "composite": true, "types": [], "lib": ["es5"], "skipLibCheck": true, "module": "nodenext" } }',
    );
    const options = '{ "rootDir": "src", "outDir": "dist" }';
    write(
      'api/tsconfig.json',
      `{ "extends": "../tsconfig.base.json", "compilerOptions": ${options}, "include": ["src"] }`,
    );
    write('api/package.json', '{ "type": "module" }');
    write('api/src/main.ts', 'export const one = 1;');
    write('api/src/jobs/list.ts', 'export const two = 2;');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(root, { recursive: true });
  });

  it('compiles once, and not again while the sources stay as they are', () => {
    compileSources({ root });
    expect(outputs()).toContain('main.js');
    const stamp = compiledAt();
    compileSources({ root });
    expect(compiledAt()).toBe(stamp);
  });

  it('compiles what changed and removes what belongs to sources that are gone', () => {
    compileSources({ root });
    write('api/src/new.ts', 'export const three = 3;');
    rmSync(join(root, 'api/src/jobs/list.ts'));
    compileSources({ root });
    expect(outputs()).toContain('new.js');
    expect(outputs().filter((name) => name.includes('list'))).toEqual([]);
  });

  it('compiles again when somebody deleted the output', () => {
    compileSources({ root });
    rmSync(join(root, 'api/dist'), { recursive: true });
    compileSources({ root });
    expect(outputs()).toContain('main.js');
  });

  it('refuses sources that do not compile, and does not take them for compiled', () => {
    // Its error shows in the output of the tests: the name says that it is meant.
    write('api/src/wrong-on-purpose.ts', 'export const one: string = 1;');
    expect(() => compileSources({ root })).toThrow(SetupFailed);
    expect(existsSync(join(root, 'node_modules/.compiled'))).toBe(false);
  });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function outputs(): string[] {
    return readdirSync(join(root, 'api/dist'), { recursive: true }).map(String);
  }

  function compiledAt(): number {
    return statSync(join(root, 'node_modules/.compiled')).mtimeMs;
  }
});
