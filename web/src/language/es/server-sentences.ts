import type { Job } from '../../server/job.ts';

type FailureCode = NonNullable<Job['error']>['code'];

/** Why a job failed, and what its user can do about it. */
const failures: Record<FailureCode, string> = {
  'audio.empty': 'El archivo está vacío. Vuelva a subir la grabación.',
  'audio.unreadable':
    'No hemos podido leer este archivo como audio. Suba una grabación en mp3, wav, m4a, mp4, ogg, flac, webm, aac, aiff o wma.',
  'audio.no_sound':
    'El archivo no contiene sonido, solo vídeo u otros datos. Suba una grabación con pista de audio.',
  'audio.too_long': 'La grabación es más larga de lo que admite este servidor. Divídala y suba las partes.',
  'audio.too_complex':
    'Leer esta grabación cuesta demasiado trabajo. Conviértala a mp3, o divídala, y vuelva a subirla.',
  'quota.exceeded':
    'La grabación es más larga que lo que queda de sus horas de audio de hoy. Reinténtelo mañana o pida más a quien administra el servidor.',
  'upload.too_large':
    'El archivo es mayor de lo que admite este servidor. Comprímalo o divídalo y vuelva a subirlo.',
  'upload.wrong_type': 'Este tipo de archivo no se admite. Suba audio, o un vídeo con sonido.',
  'input.changed': 'El archivo subido cambió mientras trabajábamos con él. Suba de nuevo la grabación.',
  'input.missing': 'El archivo subido se eliminó antes de que pudiéramos leerlo. Vuelva a subirlo.',
  'engine.crashed':
    'El motor de voz se detuvo a mitad de esta grabación. Reinténtelo; si vuelve a pasar, avise a quien administra el servidor.',
  'engine.timeout':
    'El motor de voz tardó mucho más de lo debido con esta grabación. Reinténtelo cuando el servidor esté menos ocupado.',
  'engine.out_of_memory':
    'El servidor se quedó sin memoria con esta grabación. Reinténtelo, o pida un modelo más pequeño a quien administra el servidor.',
  'engine.refused': 'El motor de voz rechazó esta grabación. Avise a quien administra el servidor.',
  'storage.unavailable': 'El almacenamiento no responde. Inténtelo de nuevo dentro de un rato.',
  'disk.full':
    'El servidor se quedó sin espacio en el disco. Reinténtelo cuando quien lo administra haya hecho sitio.',
  'worker.lost':
    'El trabajo se interrumpió una y otra vez. Reinténtelo; si vuelve a fallar, avise a quien administra el servidor.',
  'job.never_started':
    'Nadie empezó este trabajo en varios días. Avise a quien administra el servidor y reinténtelo después.',
  'internal.unexpected':
    'Algo ha fallado por nuestra parte. Reinténtelo; si vuelve a fallar, avise a quien administra el servidor.',
};

/**
 * The server speaks English; these are its sentences by their codes. What it refuses only programs is not here, and is
 * shown as it comes.
 */
export const serverSentences: Record<string, string> = {
  ...failures,
  'auth.required': 'Inicie sesión con su clave.',
  'auth.wrong_key': 'Este servidor no conoce esta clave.',
  'auth.not_operator': 'Esto es solo para quien administra el servidor.',
  'request.too_many': 'Demasiadas peticiones. Espere un momento.',
  'request.too_slow': 'El archivo llegó demasiado despacio. Vuelva a enviarlo con una conexión mejor.',
  'quota.open_jobs':
    'Tiene tantos trabajos sin terminar como permite este servidor. Espere a que acaben algunos, o cancélelos.',
  'quota.audio_hours': 'Sus horas de audio de hoy se han agotado.',
  'job.unknown': 'Este trabajo no existe.',
  'job.already_finished': 'El trabajo ya ha terminado, así que no se puede cancelar.',
  'job.not_failed': 'Solo se puede reintentar un trabajo que ha fallado.',
  'job.not_retryable': 'El archivo no se admitió, así que no hay nada que reintentar. Suba otro.',
  'audio.removed': 'La grabación se eliminó al acabar el tiempo que este servidor las guarda.',
  'transcript.removed': 'La transcripción se eliminó al acabar el tiempo que este servidor las guarda.',
  'transcript.name_taken': 'Otro hablante de esta transcripción ya tiene ese nombre.',
  'transcript.changed': 'Otra persona ha corregido la transcripción mientras tanto. Ábrala de nuevo.',
  'transcript.unknown_version': 'Esta versión de la transcripción no existe o ya no se guarda.',
  'upload.over': 'Esta subida ha terminado: se abandonó o se agotó su tiempo. Empiece de nuevo.',
  'dead_letter.unknown': 'Ya no está: se repitió, la reintentó su usuario o se borró.',
  'queue.unavailable': 'La cola no responde. Inténtelo de nuevo dentro de un rato.',
  'record.newer_version': 'Una versión más nueva del servidor ha cambiado este trabajo. Pruebe más tarde.',
};
