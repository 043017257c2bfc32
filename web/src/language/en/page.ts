export const page = {
  title: 'Verbatim',
  skip: 'Skip to the content',
  nav: { label: 'Main', operators: 'Operation', settings: 'Settings' },
  demo: {
    title: 'This server runs on the demo model',
    text: 'It knows a few words only. Whoever runs the server can choose a real model: see the README.',
  },
  simulated: {
    title: 'This server runs on the simulated engine',
    text: 'It listens to nothing and invents every text, for trials of the system. Whoever runs the server can choose a real one: see the README.',
  },
  unreachable: {
    title: 'The server can’t be reached',
    text: 'Nothing is lost: what you see stays here, and the page goes on by itself as soon as the server answers.',
    again: 'Try now',
  },
  notFound: { title: 'There is no such page', back: 'Back to the transcripts' },
  failed: { title: 'Something went wrong on this page', again: 'Load it again' },
  problem: { id: 'Request {{id}}' },
  dismiss: 'Dismiss',
};
