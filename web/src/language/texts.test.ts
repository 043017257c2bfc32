import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en/en.ts';

const sources = resolve(import.meta.dirname, '..');

/** Every text in the page's code outside of this folder; what a template leaves open stands for any one part of a key. */
function literals(): RegExp[] {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /(?<!\.test|\.d)\.tsx?$/.test(path) && !/^language\/(en|es)\//.test(path),
  );
  const code = files.map((path) => readFileSync(join(sources, path), 'utf8')).join('\n');
  const found = [...code.matchAll(/'([\w.:]+)'|`([\w.:]+(?:\$\{[^}]+\}[\w.]*)+)`/g)];
  const texts = new Set(found.map(([, plain, template]) => plain ?? template ?? ''));
  return [...texts].map(
    (text) => new RegExp(`^${text.replaceAll('.', '\\.').replace(/\$\{[^}]+\}/g, '[^.]+')}$`),
  );
}

function keysOf(texts: object, path: string[] = []): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[...path, key].join('.')] : keysOf(value as object, [...path, key]),
  );
}

describe('the texts of the page', () => {
  // That none is missing is checked by the compiler: the keys are types.
  it('are all shown somewhere', () => {
    const asked = literals();
    const unused = Object.entries(en).flatMap(([part, texts]) =>
      keysOf(texts)
        .map((key) => key.replace(/_(one|other)$/, ''))
        .filter((key) => !asked.some((text) => text.test(key) || text.test(`${part}:${key}`)))
        .map((key) => `${part}.${key}`),
    );
    expect(unused).toEqual([]);
  });
});
