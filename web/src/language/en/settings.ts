export const settings = {
  title: 'Settings',
  language: { title: 'Language of the page' },
  theme: { title: 'Theme', auto: 'As the system', light: 'Light', dark: 'Dark' },
  account: {
    title: 'Signed in',
    as: 'As {{user}}, with the key “{{key}}”',
    open: 'This server asks nobody to sign in: everybody who reaches it is the same user.',
  },
  server: {
    title: 'Server',
    version: 'Version {{version}}',
    model: 'Speech model: {{models}}',
    api: 'API documentation',
  },
};
