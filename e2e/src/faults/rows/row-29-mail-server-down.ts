import { untilOver } from '../inject/pauses.ts';
import type { Row } from './row.ts';

export const mailServerDown: Row = {
  number: 29,
  fault: 'the mail server can not be reached, but for the last moment',
  outcome: 'transcripts are done all the same; the mails follow',
  platforms: ['local', 'aws'],
  async inject(stage) {
    const { mailLine } = stage.system;
    stage.note('partition', 'mail');
    mailLine.partition();
    await untilOver(stage.over);
    mailLine.mend();
    stage.note('mended', 'mail');
    return undefined;
  },
};
