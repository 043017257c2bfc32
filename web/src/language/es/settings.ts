export const settings = {
  title: 'Ajustes',
  language: { title: 'Idioma de la página' },
  theme: { title: 'Tema', auto: 'Como el sistema', light: 'Claro', dark: 'Oscuro' },
  account: {
    title: 'Sesión',
    as: 'Como {{user}}, con la clave «{{key}}»',
    open: 'Este servidor no pide iniciar sesión: todos los que llegan a él son el mismo usuario.',
  },
  server: {
    title: 'Servidor',
    version: 'Versión {{version}}',
    model: 'Modelo de voz: {{models}}',
    api: 'Documentación de la API',
  },
};
