import { jobs } from './jobs.ts';
import { operators } from './operators.ts';
import { page } from './page.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { transcript } from './transcript.ts';
import { uploads } from './uploads.ts';

/** One namespace for each part of the page, a file each. Spanish has the same keys, or it does not compile. */
export const en = { page, session, jobs, uploads, transcript, operators, settings };
