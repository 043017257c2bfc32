import { lineTo } from '../inject/lines.ts';
import { untilOver } from '../inject/pauses.ts';
import type { Findings, Row } from './row.ts';

export const failingDeletes: Row = {
  number: 25,
  fault: 'half of the deletions of messages fail, or are done and their answers lost',
  outcome: 'the message comes again, finds its job done, and goes; nothing runs twice',
  platforms: ['aws'],
  async inject(stage): Promise<Findings> {
    const { http } = lineTo('sqs', stage);
    http.fault = ({ operation }) => {
      if (operation !== 'AmazonSQS.DeleteMessage' || !stage.random.chance(0.5)) return null;
      stage.note('failed deletion', 'sqs');
      return stage.random.chance(0.5) ? { answer: 500, body: '{}' } : 'lose-answer';
    };
    await untilOver(stage.over);
    http.fault = () => null;
    const jobs = await stage.system.platform.jobs();
    const again = jobs.filter(
      ({ history }) => history.filter(({ event }) => event === 'job.claimed').length > 1,
    );
    return {
      measures: { 'jobs claimed twice': again.length },
      faults:
        again.length > 0 ? [`${again.length} jobs ran again because their message could not be deleted`] : [],
    };
  },
};
