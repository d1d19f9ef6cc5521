// `syncline test-connection` and `syncline doctor` as their users run them: what they say, and how they end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { newDataDirectory } from './fixtures/data-directories.ts';
import { createClient } from './fixtures/simulator-client.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'syncline-connections-'));
const settings = join(directory, 'appsettings.agent.json');
let simulator: Simulator;
const running: RunningCommand[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ users: 20 });
  writeFileSync(join(directory, 'ca.pem'), simulator.caPem);
  const connection = {
    ApplicationId: simulator.clientId,
    ApplicationKey: '${CONTOSO_KEY}',
    TenantId: simulator.tenantId,
    MicrosoftAuthorityPath: `${simulator.origin}/{0}`,
    MicrosoftGraphPathApi: `${simulator.graph}/`,
    TrustedCertificatesFile: 'ca.pem',
  };
  const connections = {
    Contoso: connection,
    WrongSecret: { ...connection, ApplicationKey: 'wrong~secret' },
    WrongMapping: { ...connection, EntityTypes: { user: { Attributes: ['displayName', 'mySite'] } } },
    WrongTenant: { ...connection, TenantId: 'contoso' },
    HR: { Path: 'hr.csv' },
  };
  writeFileSync(settings, JSON.stringify({ Connections: connections }));
});

afterAll(async () => {
  await Promise.all(running.map((command) => command.stop('SIGKILL')));
  await simulator.stop();
  rmSync(directory, { recursive: true });
});

function environment(): Record<string, string> {
  return { CONTOSO_KEY: simulator.clientSecret, SYNCLINE_SETTINGS: settings };
}

function run(...words: string[]): Promise<Ended> {
  const command = runSyncline(words, environment());
  running.push(command);
  return command.ended;
}

describe('test-connection', () => {
  test('prints a line for each step and ends well when all is well', async () => {
    const ended = await run('test-connection', 'contoso');
    expect(ended).toMatchObject({ code: 0, complaint: '' });
    expect(ended.lines.at(-1)).toBe('The connection Contoso works.');
    expect(ended.lines.slice(0, -1).every((line) => line.startsWith('✓ '))).toBe(true);
    expect(ended.lines.join('\n')).toContain('✓ Permission for group: Group.Read.All');
  });

  test('says what is wrong and how to mend it, in plain text where there is no terminal', async () => {
    const ended = await run('test-connection', 'WrongSecret', '--settings', settings);
    expect(ended.code).toBe(1);
    const at = ended.lines.findIndex((line) => line.startsWith('✗ Credential, a client secret: '));
    expect(ended.lines[at]).toContain('AADSTS7000215');
    expect(ended.lines[at + 1]).toMatch(/^ {4}\S.*make a new client secret/);
    expect(ended.lines.at(-1)).toMatch(/^- Microsoft Graph at .*: not tried, there is no access token$/);
    expect(ended.complaint).toBe(
      'syncline: The connection WrongSecret does not work as it should: 1 of 7 checks failed.\n',
    );
    expect(ended.lines.join('\n')).not.toContain('wrong~secret');
  });

  test('prints one line of JSON on request', async () => {
    const ended = await run('test-connection', 'WrongSecret', '--json');
    expect(ended.code).toBe(1);
    expect(ended.lines).toHaveLength(1);
    expect(JSON.parse(ended.lines[0] ?? '')).toMatchObject({
      connection: 'WrongSecret',
      tenantId: simulator.tenantId,
      ok: false,
      steps: expect.arrayContaining([expect.objectContaining({ step: 'secret', outcome: 'failed' })]),
    });
  });

  test('can be stopped, also in a pause that the sign-in asks for', async () => {
    const client = createClient(simulator);
    await client.stage({
      kind: 'throttle',
      retryAfterSeconds: 50,
      match: { path: 'token' },
      times: 'always',
    });
    const command = runSyncline(['test-connection', 'WrongSecret', '--settings', settings], environment());
    running.push(command);
    await command.line(/^✓ Tenant/);
    const ended = await command.stop('SIGINT');
    await client.stage();
    await client.close();
    expect(ended.code).toBe(1);
    expect(ended.complaint).toContain('Stopped before all steps of the connection were tried.');
    expect(ended.complaint).not.toContain('defect');
  });

  test.each([
    ['WrongTenant', 'Connections > WrongTenant > TenantId is "contoso"'],
    ['WrongMapping', "Attribute 'mySite' of entity type user cannot be exported"],
    ['HR', 'Connections > HR is no connection to Entra'],
    ['Fabrikam', 'There is no connection "Fabrikam"'],
  ])('refuses %s in one sentence', async (name, words) => {
    const ended = await run('test-connection', name);
    expect(ended).toMatchObject({ code: 2, lines: [] });
    expect(ended.complaint).toMatch(/^syncline: .*\n$/);
    expect(ended.complaint).toContain(words);
  });
});

describe('doctor', () => {
  test('looks at the machine, the database and every connection', async () => {
    const data = newDataDirectory();
    const ended = await run('doctor', '--data', data, '--json');
    expect(ended.code).toBe(1);
    const { ok, checks } = JSON.parse(ended.lines[0] ?? '') as {
      ok: boolean;
      checks: { name: string; outcome: string; detail: string }[];
    };
    expect(ok).toBe(false);
    expect(checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'Node ok',
      'Memory ok',
      'Disk ok',
      'Database skipped',
      'Settings ok',
      'Connection Contoso ok',
      'Connection WrongSecret ok',
      'Connection WrongMapping failed',
      'Connection WrongTenant failed',
      'Clock ok',
    ]);
    expect(ended.complaint).toBe('syncline: Something has to be mended: 2 of 10 checks failed.\n');
  });

  test('opens the database, also beside a Syncline that is running', async () => {
    const data = newDataDirectory();
    const none = join(directory, 'none.json');
    writeFileSync(none, '{}');
    const start = runSyncline(['start', '--data', data, '--users', '0']);
    running.push(start);
    await start.line(/^Press Ctrl-C/);
    const beside = await run('doctor', '--data', data, '--settings', none);
    expect(beside.code).toBe(0);
    expect(beside.lines.join('\n')).toMatch(/✓ Database: .*, in use by a Syncline that is running/);
    expect(beside.lines.join('\n')).toMatch(/✓ Jobs: 1 worker alive, 1 job, \d due, \d runs? waiting/);
    await start.stop();

    const alone = await run('doctor', '--data', data, '--settings', none);
    expect(alone).toMatchObject({ code: 0, complaint: '' });
    expect(alone.lines.at(-1)).toBe('Everything is in order.');
    expect(alone.lines.join('\n')).toMatch(
      /✓ Database: Syncline's own PostgreSQL [\d.]+, \d+ MB, \d+ migrations applied/,
    );
    expect(alone.lines.join('\n')).toContain('✓ Jobs: no worker is alive, 1 job, ');
  });

  test('tells where the settings come from, which one wins, and what is not read', async () => {
    const place = mkdtempSync(join(directory, 'layers-'));
    const file = join(place, 'appsettings.agent.json');
    const production = join(place, 'appsettings.agent.Production.json');
    const connection = {
      ApplicationId: simulator.clientId,
      ApplicationKey: 'key~of~file',
      TenantId: 'a.com',
    };
    writeFileSync(
      file,
      JSON.stringify({
        Connections: { Contoso: connection },
        OpenId: {
          AgentIdentifier: 'Local',
          OpenIdClients: { Job: 'clear~secret' },
          DefaultOpenIdClient: 'Job',
        },
      }),
    );
    writeFileSync(production, JSON.stringify({ Connections: { Contoso: { TenantId: 'b.com' } } }));
    writeFileSync(join(place, 'appsettings.encrypted.agent.json'), '{}');
    const words = ['doctor', '--data', newDataDirectory(), '--settings', file];
    const command = runSyncline(words, { Connections__Contoso__ApplicationKey: 'key~of~variable' });
    running.push(command);
    const printed = (await command.ended).lines.join('\n');
    const variable = 'the environment variable Connections__Contoso__ApplicationKey';
    expect(printed).toContain(
      `✓ Settings read: ${file}, ${production}, ${variable}; where several name a setting, the last one wins`,
    );
    expect(printed).toContain(
      `Connections > Contoso > ApplicationKey is that of ${variable}, not that of ${file}`,
    );
    expect(printed).toContain(
      `Connections > Contoso > TenantId is that of ${production}, not that of ${file}`,
    );
    expect(printed).toContain('✓ Connection Contoso: tenant b.com: ');
    expect(printed).toContain('✓ OpenId: agent Local: clients Job; Job where none is named');
    expect(printed).toMatch(
      /- Settings: not tried, .*appsettings\.encrypted\.agent\.json is not read, because/,
    );
    expect(printed).not.toMatch(/key~of|clear~secret/);
  });

  test('names a settings file that is not there', async () => {
    const ended = await run('doctor', '--data', newDataDirectory(), '--settings', 'nowhere.json');
    expect(ended.code).toBe(1);
    expect(ended.lines.join('\n')).toMatch(/✗ Settings: There is no settings file .*nowhere\.json/);
  });
});
