export const session = {
  title: 'Iniciar sesión',
  text: 'Este servidor pide una clave de API. Se la ha dado quien lo administra.',
  key: 'Clave de API',
  stay: 'Mantener la sesión en este dispositivo',
  stayHint:
    'Se guarda en una cookie que los scripts no pueden leer. Si no, solo esta pestaña conoce la clave.',
  enter: 'Entrar',
  leave: 'Cerrar sesión',
  wrong: 'El servidor no conoce esta clave. Compruebe que está completa.',
};
