import { expect } from 'vitest';
import { inspect, shell } from './compose-stack.ts';

/** What every container of ours has to be, whoever gets into it. */
export async function expectHardened(container: string): Promise<void> {
  expect(await shell(container, 'id -u')).toBe('1000');
  for (const path of ['/', '/app', '/opt', '/usr/local/bin']) {
    expect(await shell(container, `touch ${path}/written`)).toMatch(
      /Read-only file system|Permission denied/,
    );
  }
  expect(await inspect(container, '{{.HostConfig.ReadonlyRootfs}}')).toBe('true');
  const status = await shell(container, 'cat /proc/1/status');
  expect(status).toMatch(/^CapBnd:\s0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\s1$/m);
}

/** Nothing to build with, and nothing that was only needed to build. */
export async function expectNoBuildTools(container: string): Promise<void> {
  const tools = 'cc gcc g++ c++ make cmake ld python3 git curl';
  expect(await shell(container, `for tool in ${tools}; do command -v $tool; done`)).toBe('');
  const packages = 'typescript vitest @biomejs/biome nodejs-whisper/cpp';
  expect(await shell(container, `cd node_modules && ls -d .bin/tsc ${packages} 2>/dev/null`)).toBe('');
  expect(
    await shell(container, "find . -path ./node_modules -prune -o -name '*.ts' ! -name '*.d.ts' -print"),
  ).toBe('');
  expect(await shell(container, 'ls -a | grep -F .env')).toBe('');
}
