import i18next from 'i18next';
import { ServerProblem, unreachable } from '../server/server-problem.ts';
import { serverSentence } from './server-sentence.ts';

/** What a person reads when something they asked for failed; where the server is at fault, with what its log knows it by. */
export function problemSentence(error: unknown): string {
  if (!(error instanceof ServerProblem)) return i18next.t('page:failed.title');
  if (error.code === unreachable) return i18next.t('page:unreachable.title');
  const sentence = serverSentence(error);
  if (error.status < 500 || error.requestId === null) return sentence;
  return `${sentence} (${i18next.t('page:problem.id', { id: error.requestId })})`;
}
