export const operators = {
  title: 'Operation',
  queues: {
    title: 'Queues',
    queue: 'Queue',
    waiting: 'Waiting',
    working: 'In work',
    names: { uploads: 'Uploads', transcription: 'Transcription', notification: 'Notification' },
  },
  workers: {
    title: 'Workers',
    worker: 'Worker',
    model: 'Model',
    busy: 'Busy',
    pace: 'Pace',
    paceOf: '{{times}}× real time',
    since: 'Since',
    none: 'No worker was seen in the last half minute. Recordings wait until one is there.',
  },
  dead: {
    title: 'Dead letters',
    none: 'No job was given up. When one is, it is listed here with what to do.',
    replay: 'Replay',
    replayAll: 'Replay all',
    replayed_one: 'One job was started afresh.',
    replayed_other: '{{count}} jobs were started afresh.',
    user: 'User {{user}}, run {{run}}, {{failures}} failed attempts',
  },
};
