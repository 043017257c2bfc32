import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRecordings } from './find-recordings.ts';

describe('recordings with their truth', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-data-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function given(files: Record<string, string>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  }
  const found = async (split?: string) =>
    (await findRecordings(folder, { split })).map(({ audio, ...rest }) => ({
      audio: audio.slice(folder.length + 1),
      ...rest,
    }));

  it('are audio files with a .txt beside them, in all folders', async () => {
    await given({
      'b.wav': '',
      'b.txt': 'Bee.\n',
      'a.MP3': '',
      'a.txt': 'Ay.',
      'deep/er/c.ogg': '',
      'deep/er/c.txt': 'Sea.',
      'without-truth.mp3': '',
      'notes.txt': 'no audio',
    });
    expect(await found()).toEqual([
      { audio: 'a.MP3', truth: 'Ay.' },
      { audio: 'b.wav', truth: 'Bee.\n' },
      { audio: 'deep/er/c.ogg', truth: 'Sea.' },
    ]);
  });

  it('are read from the layout of LibriSpeech', async () => {
    await given({
      'test-clean/1089/134686/1089-134686.trans.txt':
        '1089-134686-0000 HE HOPED THERE WOULD BE STEW\n1089-134686-0001 STUFF IT\n1089-134686-0002 NOT FETCHED\n',
      'test-clean/1089/134686/1089-134686-0000.flac': '',
      'test-clean/1089/134686/1089-134686-0001.flac': '',
    });
    expect(await found()).toEqual([
      {
        audio: 'test-clean/1089/134686/1089-134686-0000.flac',
        truth: 'HE HOPED THERE WOULD BE STEW',
        language: 'en',
      },
      { audio: 'test-clean/1089/134686/1089-134686-0001.flac', truth: 'STUFF IT', language: 'en' },
    ]);
  });

  it('are read from the layout of Common Voice, test before validated', async () => {
    const head = 'client_id\tpath\tsentence_id\tsentence\tup_votes\tlocale\tsegment\n';
    await given({
      'cv/es/test.tsv': `${head}x\tone.mp3\t1\tDijo "sí".\t2\tes\t\nx\tmissing.mp3\t1\tNo está.\t2\tes\t\n`,
      'cv/es/validated.tsv': `${head}x\ttwo\t1\tDos.\t2\tes\t\n`,
      'cv/es/clips/one.mp3': '',
      'cv/es/clips/two.mp3': '',
      'cv/zh-CN/test.tsv': `${head}x\tone.mp3\t1\t你好\t2\tzh-CN\t\n`,
      'cv/zh-CN/clips/one.mp3': '',
    });
    expect(await found()).toEqual([
      { audio: 'cv/es/clips/one.mp3', truth: 'Dijo "sí".', language: 'es' },
      { audio: 'cv/zh-CN/clips/one.mp3', truth: '你好', language: 'zh' },
    ]);
    expect(await found('validated')).toEqual([
      { audio: 'cv/es/clips/two.mp3', truth: 'Dos.', language: 'es' },
    ]);
  });

  it('are read from the layout of FLEURS', async () => {
    await given({
      'en_us/test.tsv': '1675\t42.wav\tHe said: "25".\the said 25\th e |\t108800\tMALE\n',
      'en_us/audio/test/42.wav': '',
      'cmn_hans_cn/test.tsv': '7\t7.wav\t你好。\t你好\t你 好\t1\tFEMALE\n',
      'cmn_hans_cn/test/7.wav': '',
    });
    expect(await found()).toEqual([
      { audio: 'cmn_hans_cn/test/7.wav', truth: '你好。', language: 'zh' },
      { audio: 'en_us/audio/test/42.wav', truth: 'He said: "25".', language: 'en' },
    ]);
  });

  it('are missed with a sentence', async () => {
    await expect(findRecordings(folder)).rejects.toThrow('no recordings with their true text');
    await expect(findRecordings(join(folder, 'nowhere'))).rejects.toThrow("can't be read as a folder");
  });
});
