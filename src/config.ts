/**
 * What Syncline was told: environment variables and command-line flags become one frozen, validated `Config`.
 * The only reader of the process environment.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { Fault } from './errors.ts';

export type Config = Readonly<{
  /** Absolute path of the directory for everything Syncline keeps on disk. It may not exist yet. */
  dataDirectory: string;
  /** The PostgreSQL server to use, or undefined for the embedded one in the data directory. */
  databaseUrl: string | undefined;
  /** The settings file with the connections; `isDefault` where nobody named it, so that it need not be there. */
  settingsFile: Readonly<{
    path: string;
    isDefault: boolean;
    /** Where its working folders are unless it says otherwise: the data directory. */
    dataDirectory: string;
  }>;
  /** The file with the keys that secrets are sealed with, or undefined for the one in the data directory. */
  sealingKeyFile: string | undefined;
  /** Whether a tenant that somebody types into the console may be at an address of this machine or of a private network. */
  allowsPrivateEndpoints: boolean;
  /** How long ended runs of jobs and their logs are kept, in days. */
  keepRunsDays: number;
  /** What the settings file may take values from. Holds secrets. */
  environment: Environment;
}>;

/** Flags that stand for a setting; a flag wins over its environment variable. */
export type Flags = Readonly<{ data?: string | undefined; settings?: string | undefined }>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the process stands, as far as the defaults depend on it. */
export type Place = Readonly<{
  workingDirectory: string;
  isRoot: boolean;
  /** Whether an account other than root can use `data` in the working directory. Only asked as root. */
  isReachableByOthers: boolean;
}>;

/** The configuration of this process. Throws a `Fault` with code `invalid-setting`. */
export function loadConfig(flags: Flags): Config {
  return readConfig(process.env, flags, findPlace());
}

/** Turns settings into a configuration without looking at the machine. Throws a `Fault` with code `invalid-setting`. */
export function readConfig(environment: Environment, flags: Flags, place: Place): Config {
  const settings = settingsSchema.safeParse({
    DATABASE_URL: environment.DATABASE_URL || undefined,
    SYNCLINE_DATA: environment.SYNCLINE_DATA || undefined,
    SYNCLINE_SETTINGS: environment.SYNCLINE_SETTINGS || undefined,
    SYNCLINE_SEALING_KEY_FILE: environment.SYNCLINE_SEALING_KEY_FILE || undefined,
    SYNCLINE_ALLOW_PRIVATE_ENDPOINTS: environment.SYNCLINE_ALLOW_PRIVATE_ENDPOINTS || undefined,
    SYNCLINE_KEEP_RUNS_DAYS: environment.SYNCLINE_KEEP_RUNS_DAYS || undefined,
    '--data': flags.data,
    '--settings': flags.settings,
  });
  if (!settings.success) {
    throw new Fault('invalid-setting', settings.error.issues[0]?.message ?? settings.error.message);
  }
  const {
    DATABASE_URL,
    SYNCLINE_DATA,
    SYNCLINE_SETTINGS,
    SYNCLINE_SEALING_KEY_FILE: keyFile,
  } = settings.data;
  const { '--data': data = SYNCLINE_DATA, '--settings': settingsPath = SYNCLINE_SETTINGS } = settings.data;
  const dataDirectory =
    data === undefined ? defaultDataDirectory(place) : resolve(place.workingDirectory, data);
  return Object.freeze({
    dataDirectory,
    databaseUrl: DATABASE_URL,
    settingsFile: Object.freeze({
      path: resolve(place.workingDirectory, settingsPath ?? 'appsettings.agent.json'),
      isDefault: settingsPath === undefined,
      dataDirectory,
    }),
    sealingKeyFile: keyFile === undefined ? undefined : resolve(place.workingDirectory, keyFile),
    allowsPrivateEndpoints: settings.data.SYNCLINE_ALLOW_PRIVATE_ENDPOINTS === '1',
    keepRunsDays: settings.data.SYNCLINE_KEEP_RUNS_DAYS,
    environment: Object.freeze({ ...environment }),
  });
}

/** A database URL as it may be shown: the password, where there is one, is replaced by ***. */
export function maskPassword(databaseUrl: string): string {
  return databaseUrl
    .replace(/^((?:[^:/]*:\/\/)?[^:@/]*):(?!\/\/).*@/s, '$1:***@')
    .replace(/^([^:/]*:\/\/[^:@/[]*):(?!\d+(?:[/?,]|$))[^@]*$/s, '$1:***')
    .replace(/([?&](?:ssl)?password=)[^&]*/gi, '$1***');
}

const directory = { what: 'directory', remedy: "give the path of a directory for Syncline's files" };
const file = { what: 'file', remedy: 'give the path of a settings file' };
const keyFile = { what: 'file', remedy: 'give the path of a file with keys' };

const settingsSchema = z.object({
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, {
      error: ({ input }) =>
        `DATABASE_URL is "${maskPassword(String(input))}", which is no PostgreSQL address: write postgres://USER:PASSWORD@HOST:PORT/DATABASE (HOST a name or an IPv4 address, special characters in the password percent-encoded), or unset it to use the embedded database.`,
    })
    .optional(),
  SYNCLINE_DATA: path('SYNCLINE_DATA', directory).optional(),
  '--data': path('--data', directory).optional(),
  SYNCLINE_SETTINGS: path('SYNCLINE_SETTINGS', file).optional(),
  '--settings': path('--settings', file).optional(),
  SYNCLINE_SEALING_KEY_FILE: path('SYNCLINE_SEALING_KEY_FILE', keyFile).optional(),
  SYNCLINE_ALLOW_PRIVATE_ENDPOINTS: z
    .enum(['0', '1'], {
      error: ({ input }) =>
        `SYNCLINE_ALLOW_PRIVATE_ENDPOINTS is ${JSON.stringify(input)}: write 1 to allow it, or 0.`,
    })
    .optional(),
  SYNCLINE_KEEP_RUNS_DAYS: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1, {
      error: ({ input }) =>
        `SYNCLINE_KEEP_RUNS_DAYS is ${JSON.stringify(input)}, which is no number of days: write a whole number from 1 on.`,
    })
    .transform(Number)
    .default(90),
});

function path(setting: string, { what, remedy }: Readonly<{ what: string; remedy: string }>) {
  return z.string().refine((path) => path.trim() !== '' && !path.includes('\0'), {
    error: ({ input }) => `${setting} is ${JSON.stringify(input)}, which is no ${what}: ${remedy}.`,
  });
}

function isPostgresUrl(text: string): boolean {
  const [, scheme = '', user = '', hosts = '', rest = ''] =
    /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^/?#]+)([^#]*)$/.exec(text) ?? [];
  // Several hosts, tried in turn, are PostgreSQL's own extension of a URL.
  return hosts.split(',').every((host) => isUrl(`${scheme}${user}${host}${rest}`));
}

function isUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, port, username, password } = new URL(text);
  // The client library cannot take an IPv6 address out of a URL.
  const isHost = hostname !== '' && !hostname.startsWith('[');
  return isHost && port !== '0' && isPercentEncoded(username) && isPercentEncoded(password);
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * `data` in the working directory; for root in a place closed to others (a checkout below /root), a directory below
 * /var/lib, one for each working directory, because PostgreSQL runs as another account and has to get there.
 */
function defaultDataDirectory({ workingDirectory, isRoot, isReachableByOthers }: Place): string {
  if (!isRoot || isReachableByOthers) return join(workingDirectory, 'data');
  const name = createHash('sha256').update(workingDirectory).digest('hex').slice(0, 12);
  return join('/var/lib/syncline', name);
}

function findPlace(): Place {
  const workingDirectory = process.cwd();
  return {
    workingDirectory,
    isRoot: process.getuid?.() === 0,
    isReachableByOthers: isOpenToAll(workingDirectory) || belongsToAnother(join(workingDirectory, 'data')),
  };
}

function isOpenToAll(path: string): boolean {
  const isOpen = (statSync(path).mode & 0o001) !== 0;
  const parent = dirname(path);
  return isOpen && (parent === path || isOpenToAll(parent));
}

function belongsToAnother(path: string): boolean {
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  return owner !== undefined && owner !== process.getuid?.();
}
