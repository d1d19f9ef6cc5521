/** The log: a line of JSON an event, with the request's id where there is one. What may be secret is replaced. */
import pino, { type DestinationStream, type Logger } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Names of values that never belong into a log, wherever they come from. */
const secretNames = [
  'authorization',
  'cookie',
  'client_secret',
  'clientSecret',
  'secret',
  'access_token',
  'token',
  'password',
  'private_key',
  'privateKey',
];

/** A log that writes to a stream. */
export function openLog(level: LogLevel, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '***',
      },
    },
    destination,
  );
}
