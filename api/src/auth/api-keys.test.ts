import { describe, expect, it } from 'vitest';
import { keyOf, parseApiKeys } from './api-keys.ts';

const anasKey = 'a'.repeat(32);
const bobsKey = 'b'.repeat(40);

describe('API_KEYS', () => {
  it('names users, their addresses and operators', () => {
    const { keys, problems } = parseApiKeys(
      `laptop:${anasKey}:ana:ana@example.org, ops:${bobsKey}:bob::operator`,
    );
    expect(problems).toEqual([]);
    expect(keyOf(anasKey, keys)?.caller).toEqual({
      userId: 'ana',
      email: 'ana@example.org',
      operator: false,
      keyName: 'laptop',
    });
    expect(keyOf(bobsKey, keys)?.caller).toMatchObject({ userId: 'bob', email: null, operator: true });
  });

  it('does not keep a key in a form that could be used', () => {
    const { keys } = parseApiKeys(`laptop:${anasKey}:ana`);
    expect(JSON.stringify(keys)).not.toContain(anasKey);
  });

  it('knows nobody by a wrong, shortened or empty key', () => {
    const { keys } = parseApiKeys(`laptop:${anasKey}:ana`);
    for (const wrong of ['', anasKey.slice(1), `${anasKey}a`, bobsKey]) {
      expect(keyOf(wrong, keys)).toBeNull();
    }
  });

  it('lists every problem at once and repeats no key', () => {
    const list = `bad name:${anasKey}:ana,b:short:Ana,c:${bobsKey}:cy:nobody:admin:more`;
    const { problems } = parseApiKeys(list);
    expect(problems).toHaveLength(6);
    expect(problems.join()).not.toContain('short');
    expect(problems.join()).not.toContain(bobsKey);
  });

  it('refuses the same name or the same key twice', () => {
    expect(parseApiKeys(`a:${anasKey}:ana,a:${anasKey}:ana`).problems).toEqual([
      'two entries have the same name',
      'two entries have the same key',
    ]);
  });
});
