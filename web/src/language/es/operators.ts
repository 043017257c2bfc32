export const operators = {
  title: 'Operación',
  queues: {
    title: 'Colas',
    queue: 'Cola',
    waiting: 'En espera',
    working: 'En curso',
    names: { uploads: 'Subidas', transcription: 'Transcripción', notification: 'Avisos' },
  },
  workers: {
    title: 'Procesos de transcripción',
    worker: 'Proceso',
    model: 'Modelo',
    busy: 'Ocupados',
    pace: 'Ritmo',
    paceOf: '{{times}}× tiempo real',
    since: 'Desde',
    none: 'No se ha visto ninguno en el último medio minuto. Las grabaciones esperan hasta que haya uno.',
  },
  dead: {
    title: 'Trabajos abandonados',
    none: 'No se ha abandonado ningún trabajo. Cuando ocurra, aparecerá aquí con lo que hay que hacer.',
    replay: 'Repetir',
    replayAll: 'Repetir todos',
    replayed_one: 'Se ha vuelto a empezar un trabajo.',
    replayed_other: 'Se han vuelto a empezar {{count}} trabajos.',
    user: 'Usuario {{user}}, vuelta {{run}}, {{failures}} intentos fallidos',
  },
};
