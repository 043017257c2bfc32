import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Never in a log, wherever it hides: credentials, presigned addresses, mail addresses, what people said. */
const secretNames = [
  'authorization',
  'cookie',
  '["x-api-key"]',
  'secret',
  'password',
  'token',
  'signature',
  'url',
  'fields',
  'notifyTo',
  'to',
  'email',
  'text',
  'fileName',
];
const secretPaths = secretNames.flatMap((name) =>
  name.startsWith('[') ? [name, `*${name}`, `*.*${name}`] : [name, `*.${name}`, `*.*.${name}`],
);

/** JSON lines on stdout: `event` names what happened, `jobId` whose it was. */
export function createLogger(
  program: string,
  settings: { LOG_LEVEL: string },
  destination?: DestinationStream,
): Logger {
  const options = {
    name: program,
    level: settings.LOG_LEVEL,
    redact: { paths: secretPaths, censor: '[redacted]' },
    // A cause is half of an error: pino's own serializer keeps it.
    serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
  };
  return destination ? pino(options, destination) : pino(options);
}
