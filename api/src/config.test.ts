import { readSettings } from '@verbatim/adapters';
import { describe, expect, it } from 'vitest';
import { ApiConfig, listenHostOf } from './config.ts';

const key = 'k'.repeat(32);
const read = (env: Record<string, string>) => readSettings(ApiConfig, env);

describe('the settings of the api', () => {
  it('need nothing: a server for this machine alone', () => {
    expect(listenHostOf(read({}))).toBe('127.0.0.1');
    expect(read({})).toMatchObject({ API_KEYS: [], RATE_LIMIT_PER_MINUTE: 600, MAX_UPLOAD_MIB: 2048 });
  });

  it('let a server with keys listen everywhere', () => {
    expect(listenHostOf(read({ API_KEYS: `a:${key}:ana` }))).toBe('0.0.0.0');
    expect(listenHostOf(read({ API_KEYS: `a:${key}:ana`, HOST: '10.0.0.1' }))).toBe('10.0.0.1');
  });

  it('keep a server without keys on 127.0.0.1, unless told otherwise', () => {
    expect(() => read({ HOST: '0.0.0.0' })).toThrow(/HOST: without API_KEYS/);
    expect(() => read({ HOST: '127.0.0.1.example.org' })).toThrow(/HOST/);
    expect(listenHostOf(read({ HOST: '127.0.0.1' }))).toBe('127.0.0.1');
    expect(listenHostOf(read({ HOST: '0.0.0.0', ALLOW_ANONYMOUS: '1' }))).toBe('0.0.0.0');
  });

  it('list every problem at once', () => {
    const env = { API_KEYS: `a:short:ana,b:${key}:Ana`, MAIL_TO: 'nobody', TRUST_PROXY: 'true', PORT: 'x' };
    expect(() => read(env)).toThrow(/PORT:.*entry 1:.*entry 2:.*MAIL_TO:.*TRUST_PROXY:/s);
  });

  it.each([
    ['1', 1],
    ['loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
    ['::1', '::1'],
  ])('believe the proxies %s', (value, trusted) => {
    expect(read({ TRUST_PROXY: value }).TRUST_PROXY).toBe(trusted);
  });
});
