import { describe, expect, it } from 'vitest';
import { missingTools, planFor } from './install-tools.mjs';

const compilers = ['cmake', 'make', 'g++', 'c++'];

describe('the programs of the system', () => {
  it('are all missing on a bare machine', () => {
    expect(missingTools('start', machine())).toEqual(['ffmpeg', 'cmake', 'make', 'g++']);
    expect(missingTools('test', machine())).toEqual([
      'ffmpeg',
      'cmake',
      'make',
      'g++',
      'python3-venv',
      'curl',
      'chromium',
    ]);
  });

  it('are asked for one by one', () => {
    expect(missingTools('start', machine({ programs: ['ffmpeg', 'make', 'clang++'] }))).toEqual(['cmake']);
    expect(missingTools('start', machine({ programs: ['ffmpeg', ...compilers] }))).toEqual([]);
  });

  it('need no ffmpeg where an npm package has one', () => {
    expect(missingTools('start', machine({ programs: compilers, hasOwnFfmpeg: true }))).toEqual([]);
  });

  it('need no compiler once the engine is built', () => {
    expect(missingTools('start', machine({ hasEngine: true }))).toEqual(['ffmpeg']);
  });

  it('need no Python for the tests where an AWS emulator or venv is there', () => {
    const programs = ['ffmpeg', 'curl', 'chromium', ...compilers];
    expect(missingTools('test', machine({ programs, hasPythonVenv: () => true }))).toEqual([]);
  });

  it('are installed by root on Debian in one go, with what the tests will need', () => {
    const { install, sentence } = planFor(
      ['ffmpeg', 'g++'],
      machine({ programs: ['apt-get', 'cmake', 'make', 'curl'], isRoot: true }),
    );
    expect(sentence).toBeUndefined();
    expect(
      install?.commands.map((command) => command.filter((word) => !word.startsWith('-')).join(' ')),
    ).toEqual([
      'apt-get DPkg::Lock::Timeout=300 update',
      'apt-get DPkg::Lock::Timeout=300 install ffmpeg g++ python3-venv',
    ]);
  });

  it('are without the browser, the largest of them, until there is something to test', () => {
    const root = machine({ programs: ['apt-get', 'ffmpeg', 'curl', ...compilers], isRoot: true });
    expect(planFor(['ffmpeg'], root).install?.packages).not.toContain('chromium');
    expect(planFor(['chromium'], root).install?.packages).toContain('chromium');
  });

  it('are named to others in one sentence, with the command to type', () => {
    const { install, sentence } = planFor(['cmake', 'make', 'g++'], machine({ programs: ['apt-get'] }));
    expect(install).toBeUndefined();
    expect(sentence).toBe(
      'Verbatim needs cmake, make and g++, which this machine lacks: install them with ' +
        'sudo apt-get update && sudo apt-get install -y cmake make g++',
    );
  });

  it('are named on other systems too, even to root', () => {
    const { install, sentence } = planFor(['cmake'], machine({ isRoot: true }));
    expect(install).toBeUndefined();
    expect(sentence).toContain('install them on Debian and Ubuntu with sudo apt-get update');
    expect(sentence).toContain('sudo apt-get install -y cmake');
  });
});

function machine({ programs = [] as string[], ...given } = {}) {
  return {
    has: (program: string) => programs.includes(program),
    isRoot: false,
    hasOwnFfmpeg: false,
    hasEngine: false,
    hasPythonVenv: () => false,
    ...given,
  };
}
