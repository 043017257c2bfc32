import i18next from 'i18next';

/** What the server says, in the page's language where it is known by its code; else in the server's English. */
export function serverSentence({ code, message }: { code: string; message: string }): string {
  const known: unknown = i18next.getResource(i18next.language, 'server', code, { keySeparator: false });
  return typeof known === 'string' ? known : message;
}
