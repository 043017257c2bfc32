import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseLanguage, startLanguage } from './language.ts';
import { serverSentence } from './server-sentence.ts';

describe('what the server says', () => {
  const empty = { code: 'audio.empty', message: 'The file is empty.' };
  beforeAll(() => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
    vi.stubGlobal('document', { documentElement: {} });
    return startLanguage();
  });
  afterAll(() => vi.unstubAllGlobals());
  beforeEach(() => chooseLanguage('en'));

  it('is shown as it comes on the English page', () => {
    expect(serverSentence(empty)).toBe('The file is empty.');
  });

  it('is said in Spanish on the Spanish page, where its code is known there', async () => {
    await chooseLanguage('es');
    expect(serverSentence(empty)).toBe('El archivo está vacío. Vuelva a subir la grabación.');
    expect(serverSentence({ code: 'audio.new', message: 'Something new.' })).toBe('Something new.');
  });
});
