/** What `syncline serve` was told: flags and environment variables become one checked setting of the server. Pure. */
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { Fault } from '../errors.ts';
import type { SessionLimits } from '../store/user-sessions.ts';
import { isLoopback } from './client-address.ts';
import { logLevels } from './observability/log.ts';
import { defaultSessionLimits } from './sign-in/browser-session.ts';

export type ServingSettings = Readonly<{
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Where clients reach the server, without a slash at the end; undefined where it follows from host and port. */
  publicUrl: string | undefined;
  /** PEM files. */
  tls: Readonly<{ certificateFile: string; keyFile: string }> | undefined;
  isBehindProxy: boolean;
  logLevel: (typeof logLevels)[number];
  /** How long people stay signed in. */
  sessionLimits: SessionLimits;
  /** What tells this server from others of the same people. */
  environmentLabel: string | undefined;
  /** The receiver of traces, and the name of the server in them. */
  traces: Readonly<{ endpoint: string; serviceName: string }> | undefined;
}>;

/** Flags as they stand on the command line; a flag wins over its environment variable. */
export type ServingFlags = Readonly<{
  host?: string;
  port?: string;
  publicUrl?: string;
  tlsCertificate?: string;
  tlsKey?: string;
  behindProxy?: boolean;
}>;

type Environment = Readonly<Record<string, string | undefined>>;

const schema = z.object({
  host: z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, {
    error: told('no host name and no address', 'give one such as 127.0.0.1'),
  }),
  port: z.string().refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
    error: told('no port', 'give a number from 0 to 65535'),
  }),
  publicUrl: z.string().refine(isBaseUrl, {
    error: told('no address for clients', 'give one such as https://syncline.contoso.com, without a path'),
  }),
  behindProxy: z.enum(['true', 'false'], { error: told('neither true nor false', 'give one of them') }),
  logLevel: z.enum(logLevels, { error: told('no log level', `choose from ${logLevels.join(', ')}`) }),
  sessionIdleMinutes: z.string().refine((text) => /^\d{1,4}$/.test(text) && Number(text) >= 1, {
    error: told('no number of minutes', 'give one from 1 to 9999'),
  }),
  sessionHours: z.string().refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1, {
    error: told('no number of hours', 'give one from 1 to 999'),
  }),
  environmentLabel: z.string().refine((text) => text.length <= 40 && !/\p{Cc}/u.test(text), {
    error: told('no label', 'give up to 40 characters on one line'),
  }),
  traceEndpoint: z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), {
    error: told('no address of a receiver of traces', 'give one such as http://127.0.0.1:4318'),
  }),
});

type Name = keyof z.infer<typeof schema>;

const sources: Readonly<Record<Name, readonly [flag: string, variable: string]>> = {
  host: ['--host', 'SYNCLINE_HOST'],
  port: ['--port', 'SYNCLINE_PORT'],
  publicUrl: ['--public-url', 'SYNCLINE_PUBLIC_URL'],
  behindProxy: ['--behind-proxy', 'SYNCLINE_BEHIND_PROXY'],
  logLevel: ['', 'SYNCLINE_LOG_LEVEL'],
  sessionIdleMinutes: ['', 'SYNCLINE_SESSION_IDLE_MINUTES'],
  sessionHours: ['', 'SYNCLINE_SESSION_HOURS'],
  environmentLabel: ['', 'SYNCLINE_ENVIRONMENT_LABEL'],
  traceEndpoint: ['', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
};

/** Reads and checks them. Throws a `Fault` with code `invalid-setting`. */
export function readServingSettings(environment: Environment, flags: ServingFlags): ServingSettings {
  const read = <N extends Name>(name: N, flag: string | undefined) => readSetting(environment, name, flag);
  const host = read('host', flags.host) ?? '127.0.0.1';
  const port = Number(read('port', flags.port) ?? '5080');
  const publicUrl = read('publicUrl', flags.publicUrl)?.replace(/\/$/, '');
  const tls = readTls(
    flags.tlsCertificate ?? environment.SYNCLINE_TLS_CERTIFICATE,
    flags.tlsKey ?? environment.SYNCLINE_TLS_KEY,
  );
  const isBehindProxy = read('behindProxy', flags.behindProxy === true ? 'true' : undefined) === 'true';
  const settings: ServingSettings = {
    host,
    port,
    publicUrl,
    tls,
    isBehindProxy,
    logLevel: read('logLevel', undefined) ?? 'info',
    sessionLimits: readSessionLimits(read('sessionIdleMinutes', undefined), read('sessionHours', undefined)),
    environmentLabel: read('environmentLabel', undefined)?.trim() || undefined,
    traces: readTraceSettings(environment),
  };
  requireSafe(settings);
  return Object.freeze(settings);
}

function readSessionLimits(idleMinutes: string | undefined, hours: string | undefined): SessionLimits {
  const { idleSeconds, absoluteSeconds } = defaultSessionLimits;
  return {
    idleSeconds: idleMinutes === undefined ? idleSeconds : Number(idleMinutes) * 60,
    absoluteSeconds: hours === undefined ? absoluteSeconds : Number(hours) * 3600,
  };
}

/** Where traces go; undefined where nobody wants them. Throws a `Fault` with code `invalid-setting`. */
export function readTraceSettings(environment: Environment): ServingSettings['traces'] {
  const endpoint = readSetting(environment, 'traceEndpoint', undefined)?.replace(/\/$/, '');
  return endpoint === undefined
    ? undefined
    : { endpoint, serviceName: environment.OTEL_SERVICE_NAME || 'syncline' };
}

function readSetting<N extends Name>(
  environment: Environment,
  name: N,
  flag: string | undefined,
): z.infer<typeof schema>[N] | undefined {
  const [flagName, variable] = sources[name];
  const value = flag ?? (environment[variable] || undefined);
  if (value === undefined) return undefined;
  const parsed = schema.shape[name].safeParse(value);
  if (parsed.success) return parsed.data as z.infer<typeof schema>[N];
  const setting = flag === undefined ? variable : flagName;
  throw refuse(`${setting} is ${JSON.stringify(value)}, which is ${parsed.error.issues[0]?.message}.`);
}

/** Where clients reach a server with these settings that listens on a port. */
export function publicUrlOf({ publicUrl, host, tls }: ServingSettings, port: number): string {
  return publicUrl ?? `${tls ? 'https' : 'http'}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Tokens and secrets travel with every request: not over a network in clear, unless somebody says that a proxy sees to it. */
function requireSafe({ host, publicUrl, tls, isBehindProxy }: ServingSettings): void {
  const isLocal = isLocalName(host);
  if (!isLocal && !tls && !isBehindProxy) {
    throw refuse(
      `--host is ${host}, which others reach, and there is no TLS: give --tls-certificate and --tls-key, or --behind-proxy where a proxy does TLS, or listen on 127.0.0.1.`,
    );
  }
  if (publicUrl === undefined && isBehindProxy) {
    throw refuse('--behind-proxy needs --public-url: give the address at which clients reach the proxy.');
  }
  if (publicUrl === undefined && (host === '0.0.0.0' || host === '::')) {
    throw refuse(`--host is ${host}, which is every address: give --public-url, the one that clients use.`);
  }
  if (publicUrl?.startsWith('http:') && !isLocalName(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ''))) {
    throw refuse(
      `--public-url is ${publicUrl}, over which secrets would travel in clear: give an https address.`,
    );
  }
}

function isLocalName(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

function readTls(certificateFile: string | undefined, keyFile: string | undefined): ServingSettings['tls'] {
  if (!certificateFile && !keyFile) return undefined;
  if (certificateFile && keyFile) return { certificateFile, keyFile };
  throw refuse(
    `${certificateFile ? '--tls-key' : '--tls-certificate'} is missing: a certificate and its key go together.`,
  );
}

function isBaseUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && search === '' && hash === '' && username === '' && password === '';
}

function told(what: string, remedy: string): string {
  return `${what}: ${remedy}`;
}

function refuse(message: string): Fault {
  return new Fault('invalid-setting', message);
}
