export const session = {
  title: 'Sign in',
  text: 'This server asks for an API key. Whoever runs it gave you one.',
  key: 'API key',
  stay: 'Stay signed in on this device',
  stayHint: 'Kept in a cookie that scripts can’t read. Otherwise only this tab knows the key.',
  enter: 'Sign in',
  leave: 'Sign out',
  wrong: 'The server does not know this key. Check that it is whole.',
};
