// The how-to "incremental synchronization for Microsoft Entra ID" from beginning to end, with real processes: deploy, launch the job
// from the command line, look at UR_Resources with SQL, change the tenant, launch again, and see exactly those changes. Ends with 1
// when anything is otherwise than it should be.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { Agent, request } from 'undici';

const program = join(import.meta.dirname, '../../bin/syncline.js');
const configuration = join(import.meta.dirname, 'Conf');
const job = 'MicrosoftEntraID_Synchronization_Delta';
const connection = 'MicrosoftEntraIDExport';

type Tenant = Readonly<
  Record<
    'graph' | 'authority' | 'tenantId' | 'clientId' | 'clientSecret' | 'ca' | 'control' | 'controlKey',
    string
  >
>;

const children: ChildProcess[] = [];
let differences = 0;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function expectEqual(what: string, found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one === other) {
    say(`  ✓ ${what}`);
    return;
  }
  differences += 1;
  say(`  ✗ ${what}\n      wanted ${other}\n      found  ${one}`);
}

/** Starts `syncline` and gives the first line of JSON that it prints. */
async function startSyncline(words: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => undefined),
  ]);
  if (line === undefined) throw new Error(`syncline ${words[0]} ended: ${complaint}`);
  return JSON.parse(String(line[0])) as Record<string, unknown>;
}

/** Runs `syncline` to its end and shows what it says. */
async function runSyncline(words: readonly string[]): Promise<number> {
  say(`$ syncline ${words.map((word) => (/[ "]/.test(word) ? JSON.stringify(word) : word)).join(' ')}`);
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  return Number(code);
}

/** The last two processes are the server's and the worker's, which own the database. */
async function stopAll(): Promise<void> {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

function connectToDatabase(data: string): postgres.Sql {
  const facts = readFileSync(join(data, 'connection.conf'), 'utf8').matchAll(/^(\w+)=(.*)$/gm);
  const {
    host = '',
    port,
    user = '',
    password = '',
    dbname = '',
  } = Object.fromEntries([...facts].map(([, name = '', value = '']) => [name, value]));
  return postgres({ host, port: Number(port), user, password, database: dbname, max: 1, onnotice: () => {} });
}

/** Writes to the tenant as an administrator's script would. */
async function openGraph(tenant: Tenant) {
  const dispatcher = new Agent({ connect: { ca: readFileSync(tenant.ca, 'utf8') } });
  const signIn = await request(`${tenant.authority}/oauth2/v2.0/token`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
    }).toString(),
  });
  const { access_token: token } = (await signIn.body.json()) as { access_token: string };
  return {
    close: () => dispatcher.close(),
    async ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
      const reply = await request(`${tenant.graph}${path}`, {
        dispatcher,
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await reply.body.text();
      if (reply.statusCode >= 300) throw new Error(`${method} ${path} answered ${reply.statusCode}: ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
  };
}

type Graph = Awaited<ReturnType<typeof openGraph>>;

/** Makes changes of every kind and gives what they are. */
async function changeTenant(graph: Graph): Promise<readonly string[]> {
  type Named = { id: string; displayName: string };
  const { value: users } = await graph.ask<{ value: Named[] }>('GET', '/users?$top=3&$orderby=displayName');
  const { value: groups } = await graph.ask<{ value: Named[] }>(
    'GET',
    '/groups?$top=50&$filter=securityEnabled eq true&$select=id,displayName,groupTypes',
  );
  const [promoted, leaver, mover] = users;
  const [renamed] = groups;
  if (!promoted || !leaver || !mover || !renamed) throw new Error('The tenant is too small.');
  const [, domain = ''] =
    /@(.+)$/.exec(
      (await graph.ask<{ userPrincipalName: string }>('GET', `/users/${mover.id}`)).userPrincipalName,
    ) ?? [];
  const joiner = await graph.ask<Named>('POST', '/users', {
    accountEnabled: true,
    displayName: 'Ada Newcomer',
    mailNickname: 'ada.newcomer',
    userPrincipalName: `ada.newcomer@${domain}`,
    passwordProfile: { password: 'Zx7!pq-93-Lm', forceChangePasswordNextSignIn: true },
  });
  await graph.ask('PATCH', `/users/${promoted.id}`, {
    jobTitle: 'Head of Identity',
    department: 'Directory',
  });
  await graph.ask('DELETE', `/users/${leaver.id}`);
  const team = await graph.ask<Named>('POST', '/groups', {
    displayName: 'Newcomers',
    mailEnabled: false,
    mailNickname: 'newcomers',
    securityEnabled: true,
  });
  for (const member of [joiner, mover]) {
    await graph.ask('POST', `/groups/${team.id}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${member.id}`,
    });
  }
  await graph.ask('PATCH', `/groups/${renamed.id}`, { description: 'Looked after by the directory team' });
  return [
    `delete user ${leaver.id}`,
    `insert group ${team.id}`,
    `insert user ${joiner.id}`,
    `update group ${renamed.id}`,
    `update user ${promoted.id}`,
    ...[joiner, mover].map(({ id }) => `link ${team.id} ${id}`),
  ].sort();
}

const operations = ['insert', 'update', 'delete'];

/** What the last run changed, as the views tell it; memberships that a person who left has lost are not counted. */
async function readChanges(sql: postgres.Sql): Promise<readonly string[]> {
  const [last] = await sql<{ id: number }[]>`
    select max(id) as id from identity_manager.uj_jobinstances where jobidentifier = ${job}`;
  const resources = await sql<{ changeoperation: number; c5: string; c4: string }[]>`
    select changeoperation, c5, c4 from identity_manager.ur_resourcechanges where jobinstance_id = ${last?.id ?? 0}`;
  const links = await sql<{ r1_key: string; r2_key: string }[]>`
    select r1_key, r2_key from identity_manager.ur_resourcelinkchanges
    where jobinstance_id = ${last?.id ?? 0} and changeoperation = 0`;
  return [
    ...resources.map(({ changeoperation, c5, c4 }) => `${operations[changeoperation]} ${c5} ${c4}`),
    ...links.map(({ r1_key, r2_key }) => `link ${r1_key} ${r2_key}`),
  ].sort();
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-example-'));
  chmodSync(folder, 0o711);
  let sql: postgres.Sql | undefined;
  let graph: Graph | undefined;
  try {
    say('A simulated tenant, a server and a worker:');
    const tenant = (await startSyncline(['simulate', '--users', '200', '--port', '0', '--json'])) as Tenant;
    const settings = join(folder, 'appsettings.agent.json');
    const data = join(folder, 'data');
    writeFileSync(
      settings,
      JSON.stringify({
        Connections: {
          [connection]: {
            ApplicationId: tenant.clientId,
            ApplicationKey: tenant.clientSecret,
            TenantId: tenant.tenantId,
            MicrosoftAuthorityPath: tenant.authority,
            MicrosoftGraphPathApi: `${tenant.graph}/`,
            TrustedCertificatesFile: tenant.ca,
          },
        },
      }),
    );
    const places = ['--settings', settings, '--data', data];
    const server = await startSyncline(['serve', ...places, '--port', '0', '--json']);
    await startSyncline(['worker', ...places, '--json']);
    const url = String(server.url);
    say(`  ${url}\n`);

    expectEqual('the configuration is deployed', await runSyncline(['deploy', configuration, ...places]), 0);
    const invoke = [
      'invoke-job',
      '-j',
      job,
      '--api-secret',
      'secret',
      '--api-client-id',
      'Job',
      '--api-url',
      url,
    ];
    expectEqual('the job succeeds', await runSyncline(invoke), 0);

    sql = connectToDatabase(data);
    graph = await openGraph(tenant);
    const [stored] = await sql<
      { count: number }[]
    >`select count(*)::int as count from identity_manager.ur_resources`;
    const counts: number[] = [];
    for (const type of ['users', 'groups']) {
      const { value } = await graph.ask<{ value: unknown[] }>('GET', `/${type}?$top=999&$select=id`);
      counts.push(value.length);
    }
    const inTenant = counts.reduce((sum, count) => sum + count, 0);
    const byType = await sql<{ type: string; count: number }[]>`
      select c5 as type, count(*)::int as count from identity_manager.ur_resources group by c5 order by c5`;
    say('$ select c5 as "dataType", count(*) from identity_manager.UR_Resources group by c5');
    for (const { type, count } of byType) say(`  ${type.padEnd(20)} ${count}`);
    const known = byType.filter(({ type }) => type === 'user' || type === 'group');
    expectEqual(
      'UR_Resources holds the users and groups of the tenant',
      known.reduce((sum, { count }) => sum + count, 0),
      inTenant,
    );
    expectEqual(
      'and nothing else than what is exported',
      stored?.count,
      byType.reduce((sum, { count }) => sum + count, 0),
    );

    say('\nThe tenant changes:');
    const changes = await changeTenant(graph);
    for (const change of changes) say(`  ${change}`);
    say('');
    expectEqual('the job succeeds again', await runSyncline(invoke), 0);
    expectEqual(
      'UR_ResourceChanges and UR_ResourceLinkChanges tell exactly these changes',
      await readChanges(sql),
      changes,
    );
    expectEqual(
      'a fresh read of the tenant, with the deployed mapping, finds no difference',
      await runSyncline(['verify', connection, ...places]),
      0,
    );
  } finally {
    await graph?.close();
    await sql?.end();
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
  say(differences === 0 ? '\nEverything is as it should be.' : `\n${differences} differences.`);
  process.exitCode = differences === 0 ? 0 : 1;
}

await main();
