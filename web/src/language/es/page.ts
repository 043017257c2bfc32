export const page = {
  title: 'Verbatim',
  skip: 'Ir al contenido',
  nav: { label: 'Principal', operators: 'Operación', settings: 'Ajustes' },
  demo: {
    title: 'Este servidor usa el modelo de demostración',
    text: 'Solo conoce unas pocas palabras. Quien administra el servidor puede elegir un modelo real: consulte el README.',
  },
  simulated: {
    title: 'Este servidor usa el motor simulado',
    text: 'No escucha nada e inventa todos los textos, para probar el sistema. Quien administra el servidor puede elegir uno real: consulte el README.',
  },
  unreachable: {
    title: 'No se puede contactar con el servidor',
    text: 'No se pierde nada: lo que ve sigue aquí, y la página continúa sola en cuanto el servidor responda.',
    again: 'Probar ahora',
  },
  notFound: { title: 'Esta página no existe', back: 'Volver a las transcripciones' },
  failed: { title: 'Algo ha fallado en esta página', again: 'Volver a cargarla' },
  problem: { id: 'Petición {{id}}' },
  dismiss: 'Descartar',
};
