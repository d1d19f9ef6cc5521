/** A PostgreSQL server of somebody else's, named by DATABASE_URL: what can be wrong with it, in sentences. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { maskPassword } from '../config.ts';
import { Fault } from '../errors.ts';

/** The fault behind an error of the database there, while it is opened or later, or the error as it is when it is none of ours. */
export function explainExternal(databaseUrl: string, error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error) || !('code' in error)) return error;
  const problem = findProblem(String(error.code), error.message);
  if (!problem) return error;
  const [what, remedy] = problem;
  const kind = problem === diskFull ? 'disk-full' : 'database-unavailable';
  return new Fault(kind, `${nameUrl(databaseUrl)}, but ${what}: ${remedy}.`, {
    cause: error,
  });
}

/** Where a client is to connect: to a socket file, or else to the first of several hosts that answers. */
export type Address = Readonly<{
  host: readonly string[];
  port: readonly number[];
  path: string | false | undefined;
}>;

/**
 * Makes sure that a PostgreSQL server answers. The client library needs that: it tries again without end and without
 * pause when whatever listens there hangs up instead of answering.
 */
export async function greetServer({ host, port, path }: Address): Promise<void> {
  const addresses = path
    ? [{ path }]
    : host.map((each, index) => ({ host: each, port: port[index] ?? 5432 }));
  const results = await Promise.allSettled(addresses.map((address) => greet(connect(address))));
  const [failure] = results.filter((result) => result.status === 'rejected');
  if (failure && results.every((result) => result.status === 'rejected')) throw failure.reason;
}

async function greet(socket: Socket): Promise<void> {
  const signal = AbortSignal.timeout(greetingMs);
  try {
    await once(socket, 'connect', { signal });
    socket.write(encryptionRequest);
    const answer: unknown = await Promise.race([
      once(socket, 'data', { signal }).then(([bytes]) => String(bytes)),
      once(socket, 'close', { signal }),
    ]);
    // S or N: encryption or not; E: the server is there, and refuses with an error that the client will show.
    if (typeof answer === 'string' && /^([SN]$|E)/.test(answer)) return;
    throw Object.assign(new Error('no answer of a PostgreSQL server'), { code: 'CONNECTION_CLOSED' });
  } catch (error) {
    if (signal.aborted)
      throw Object.assign(new Error('no answer in time', { cause: error }), { code: 'ETIMEDOUT' });
    throw error;
  } finally {
    socket.on('error', () => {}).destroy();
  }
}

const greetingMs = 10_000;

/** PostgreSQL's SSLRequest message: its length, and a number no protocol version has. */
const encryptionRequest = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);

/** Refuses a server that lacks what our SQL needs. `versionNumber` is PostgreSQL's `server_version_num`. */
export function refuseOldServer(databaseUrl: string, version: string, versionNumber: number): void {
  if (versionNumber >= 150_000) return;
  throw new Fault(
    'database-incompatible',
    `${nameUrl(databaseUrl)}, but the server there is PostgreSQL ${version}: use PostgreSQL 15 or newer, or unset it to use the embedded database.`,
  );
}

function nameUrl(databaseUrl: string): string {
  return `DATABASE_URL is "${maskPassword(databaseUrl)}"`;
}

/** What is wrong, and what to do about it. */
type Problem = readonly [what: string, remedy: string];

function findProblem(code: string, message: string): Problem | undefined {
  if (code === '28000' && message.includes('no encryption')) {
    return ['the server only takes encrypted connections', 'add "?sslmode=require" to it'];
  }
  if (/^ERR_(SSL|TLS)|CERT|SIGNATURE/.test(code) || message.includes('before secure TLS connection')) {
    return [
      `an encrypted connection is not possible (${code})`,
      'check the certificate of the server, or set another sslmode in the URL',
    ];
  }
  return problems[code];
}

const unreachable: Problem = ['the server cannot be reached', 'check host, port and firewall'];
const unknownHost: Problem = ['its host name is not known', 'check the host'];
const noAccess: Problem = [
  'the server refuses this user',
  'check user name and the access rules (pg_hba.conf)',
];
const oddParameter: Problem = [
  'it has a parameter that the server does not take',
  'check what follows its "?"',
];
const diskFull: Problem = ['the disk of the server is full', 'free some space there'];
const stopped: Problem = ['the server was stopped or has ended our sessions', 'try again when it is up'];
const broken: Problem = [
  'the connection broke off',
  'check that a PostgreSQL server listens there and is well',
];

/** By the code of the network, of the client library, or PostgreSQL's own (SQLSTATE). */
const problems: Readonly<Record<string, Problem>> = {
  ECONNREFUSED: ['no server listens there', 'start the server, or check host and port'],
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  CONNECT_TIMEOUT: unreachable,
  ENOENT: ['its socket does not exist', 'start the server, or check the path'],
  ECONNRESET: broken,
  EPIPE: broken,
  CONNECTION_CLOSED: broken,
  CONNECTION_ENDED: broken,
  CONNECTION_DESTROYED: broken,
  '22023': oddParameter,
  '25006': ['the server is read-only', 'name the primary server, not a standby'],
  '28000': noAccess,
  '28P01': ['the server refuses this user and password', 'check both'],
  '3D000': ['there is no such database', 'create it with CREATE DATABASE, or check the name'],
  '42501': [
    'its user may not create tables there',
    'make the user the owner of the database, or GRANT CREATE ON SCHEMA public to it',
  ],
  '42704': oddParameter,
  '53100': diskFull,
  '53300': ['the server has no free connection', 'raise its max_connections, or end other programs'],
  '57P01': stopped,
  '57P02': stopped,
  '57P03': ['the server is just starting or stopping', 'try again when it is up'],
};
