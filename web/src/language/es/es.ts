import type { en } from '../en/en.ts';
import { jobs } from './jobs.ts';
import { operators } from './operators.ts';
import { page } from './page.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { transcript } from './transcript.ts';
import { uploads } from './uploads.ts';

/** The same keys with other words. */
type Translation<Texts> = {
  [Key in keyof Texts]: Texts[Key] extends string ? string : Translation<Texts[Key]>;
};

export const es: Translation<typeof en> = { page, session, jobs, uploads, transcript, operators, settings };
