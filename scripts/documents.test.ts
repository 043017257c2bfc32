import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'cli/README.md',
  'loadtest/README.md',
  'docs/performance.md',
  'docs/reliability.md',
];

describe('the documents', () => {
  it.each(documents)('%s links to nothing in the repository that is not there', (document) => {
    const links = [...text(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
    const missing = links.filter((link) => !existsSync(resolve(root, document, '..', link)));
    expect(missing).toEqual([]);
  });

  it('ARCHITECTURE.md names files and folders that exist, and every workspace', () => {
    const architecture = text('ARCHITECTURE.md');
    const workspaces = (JSON.parse(text('package.json')) as { workspaces: string[] }).workspaces;
    const paths = [...architecture.matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)].map(([, path]) => path ?? '');
    const ofTheTree = paths.filter((path) => workspaces.some((name) => path.startsWith(`${name}/`)));
    expect(ofTheTree.length).toBeGreaterThan(20);
    expect(ofTheTree.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    for (const workspace of workspaces) expect(architecture).toContain(`\`${workspace}/\``);
  });

  it('number the decisions without gaps, a page each', () => {
    const names = readdirSync(join(root, 'docs/adr')).toSorted();
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
    for (const name of names) {
      const page = text(`docs/adr/${name}`);
      for (const heading of ['## Context', '## Decision', '## Consequences'])
        expect(page, name).toContain(heading);
      expect(page.split('\n').length, name).toBeLessThan(60);
    }
  });

  it('explain each word of the glossary once', () => {
    const words = [...text('docs/glossary.md').matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map(([, word]) => word);
    expect(words.length).toBeGreaterThan(20);
    expect(new Set(words).size).toBe(words.length);
  });
});
