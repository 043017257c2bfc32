import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { remember, remembered } from '../remembered.ts';
import { en } from './en/en.ts';

export const languages = { en: 'English', es: 'Español' } as const;
export type PageLanguage = keyof typeof languages;

const name = 'verbatim.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'page';
    resources: typeof en;
    enableSelector: false;
  }
}

/** English is at hand; another language is loaded when it is wanted. */
export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en },
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'page',
    // React escapes already.
    interpolation: { escapeValue: false },
  });
  await speak(chosenLanguage());
}

async function speak(language: PageLanguage): Promise<void> {
  if (language === 'es' && !i18next.hasResourceBundle('es', 'page')) {
    const [{ es }, { serverSentences }] = await Promise.all([
      import('./es/es.ts'),
      import('./es/server-sentences.ts'),
    ]);
    i18next.addResourceBundle('es', 'server', serverSentences);
    for (const [namespace, texts] of Object.entries(es)) i18next.addResourceBundle('es', namespace, texts);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: PageLanguage): Promise<void> {
  remember(name, language);
  await speak(language);
}

function chosenLanguage(): PageLanguage {
  const chosen = remembered(name) ?? navigator.language.slice(0, 2);
  return chosen in languages ? (chosen as PageLanguage) : 'en';
}
