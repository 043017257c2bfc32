import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadOptions, readLoadOptions } from './load-options.ts';

describe('readLoadOptions', () => {
  it('sends ten short recordings by five clients to the server of this machine when nothing is said', () => {
    const options = readLoadOptions([], {});
    expect(options).toMatchObject({
      url: 'http://localhost:8000',
      key: '',
      requests: 10,
      workers: 5,
      waitSeconds: 600,
      pollSeconds: null,
      contentType: 'audio/wav',
      expectedText: null,
      monitor: false,
    });
    expect(basename(options.samplePath)).toBe('en-short.wav');
  });

  it('takes no more clients than recordings, which k6 would refuse', () => {
    expect(readLoadOptions(['--requests', '3', '--workers', '8'], {}).workers).toBe(3);
  });

  it('takes fractions of a second for how often clients ask', () => {
    expect(readLoadOptions(['--poll', '0.2'], {}).pollSeconds).toBe(0.2);
  });

  it('takes the key from the environment, and an option before it', () => {
    const env = { VERBATIM_API_KEY: 'from the environment' };
    expect(readLoadOptions([], env).key).toBe('from the environment');
    expect(readLoadOptions(['--key', 'from the option'], env).key).toBe('from the option');
  });

  it('reads the text to expect beside the recording, its white space made one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'verbatim-load-'));
    const sample = join(folder, 'Talk.MP3');
    writeFileSync(sample, 'audio');
    expect(() => readLoadOptions(['--check-text', '--sample', sample], {})).toThrow('Talk.txt');

    writeFileSync(join(folder, 'Talk.txt'), 'Hello.\nIt is  me.\n');
    const options = readLoadOptions(['--check-text', '--sample', sample], {});
    expect(options).toMatchObject({ expectedText: 'Hello. It is me.', contentType: 'audio/mpeg' });
  });

  it('drops the slash behind the address, so that paths can follow it', () => {
    expect(readLoadOptions(['--url', 'https://verbatim.example/'], {}).url).toBe('https://verbatim.example');
  });

  it.each([
    [['--requests', '0'], '--requests'],
    [['--workers', 'five'], '--workers'],
    [['--wait', '1.5'], '--wait'],
    [['--poll', '0'], '--poll'],
    [['--poll', 'often'], '--poll'],
    [['--url', 'localhost:8000'], '--url'],
    [['--sample', 'there-is-none.mp3'], 'there-is-none.mp3'],
    [['--request', '3'], '--request'],
  ])('refuses %j in a sentence that names what is wrong', (args, named) => {
    expect(() => readLoadOptions(args, {})).toThrow(BadOptions);
    expect(() => readLoadOptions(args, {})).toThrow(named);
  });
});
