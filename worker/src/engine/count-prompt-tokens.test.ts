import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countPromptTokens } from './count-prompt-tokens.ts';
import { demoModel, whisperServerPath } from './testing/real-programs.ts';
import { babble, writeAudio } from './testing/written-audio.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-prompt-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** whisper.cpp tells how long a prompt is when there is no room for it. */
async function askWhisperCpp(prompt: string): Promise<number> {
  const { wavPath } = await writeAudio(join(folder, 'audio.wav'), 1, babble);
  const cli = join(dirname(await whisperServerPath()), 'whisper-cli');
  const flags = ['-mc', '2', '--carry-initial-prompt', '--prompt', prompt, '-l', 'en', '-t', '1'];
  const { stderr } = await promisify(execFile)(cli, ['-m', demoModel.path, '-f', wavPath, ...flags]);
  return Number(/initial prompt is too long \((\d+) tokens\)/.exec(stderr)?.[1]);
}

describe('countPromptTokens', () => {
  it.each([
    ' Verbatim, Kubernetes, Ana García.',
    " It's 2026; we've 1,250 «seats» left...",
    ' El niño comió   piñas\tayer  \n y ¿qué?',
    ' 东京タワー, สวัสดี, Привет, naïve café 🎙️ done',
  ])('counts as whisper.cpp does: %s', { timeout: 30_000 }, async (prompt) => {
    expect(await countPromptTokens(demoModel.path, prompt)).toBe(await askWhisperCpp(prompt));
  });
});
