import { describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../errors.ts';
import { JobFailure } from './failure-codes.ts';
import { describeError } from './last-error.ts';

describe('what operators read of an error', () => {
  it('is what we said of it, and what kind of error was behind it', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:9000'), { code: 'ECONNREFUSED' });
    const error = new StorageUnavailable('reading an object', { cause: refused });
    expect(describeError(error)).toBe('StorageUnavailable: reading an object; because of Error ECONNREFUSED');
  });

  it('never quotes the words of others', () => {
    const said = JSON.parse.bind(null, 'my secret diagnosis');
    let syntax: unknown;
    try {
      said();
    } catch (error) {
      syntax = error;
    }
    const error = new JobFailure('engine.refused', 'an unknown kind of answer', { cause: syntax });
    expect(describeError(error)).toBe('JobFailure: an unknown kind of answer; because of SyntaxError');
    expect(describeError(new TypeError('my secret diagnosis'))).toBe('TypeError');
    expect(describeError('my secret diagnosis')).toBe('a thrown string');
    expect(describeError(Object.assign(new Error('x'), { code: 'my secret diagnosis' }))).toBe('Error');
    expect(describeError(Object.assign(new Error('x'), { name: 'my secret diagnosis' }))).toBe('an error');
  });

  it('holds no address, be it signed or of a person, even where we named one', () => {
    const error = new StorageUnavailable(
      'PUT https://b.s3.example/k?X-Amz-Signature=abc for ana@example.org',
    );
    expect(describeError(error)).toBe('StorageUnavailable: PUT [address] for [address]');
  });

  it('is one short line, however long the error and its causes are', () => {
    const loop = new StorageUnavailable('a\nb\u001b[2J');
    loop.cause = loop;
    expect(describeError(loop)).toMatch(/^(StorageUnavailable: a b \[2J(; because of )?){4}$/);
    const long = describeError(new StorageUnavailable('x'.repeat(10_000)));
    expect(long).toHaveLength(300);
    expect(long.endsWith('…')).toBe(true);
  });
});
