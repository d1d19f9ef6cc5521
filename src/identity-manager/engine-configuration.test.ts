import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkEntityTypes, mapAttributes } from '../connectors/entra/entity-types.ts';
import { defaultGuards, noThresholds } from '../model/guard.ts';
import type { TaskDefinition } from '../model/job.ts';
import { type EngineConfiguration, toEngineConfiguration } from './engine-configuration.ts';
import { readConfigurationDirectory, readConfigurationFiles } from './read-configuration.ts';

type Translation = Readonly<{ engine: EngineConfiguration; warnings: readonly string[] }>;

function translate(elements: string): Translation {
  const content = `<ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">${elements}</ConfigurationFile>`;
  const reading = readConfigurationFiles([{ name: 'a.xml', content }]);
  if (reading.kind === 'refused') throw new Error(reading.mistakes.join('\n'));
  return toEngineConfiguration(reading.configuration, { serverTimeZone: 'Europe/Paris' });
}

const entra = `
  <Agent Identifier="Local" DisplayName_L1="Local" />
  <Connector Identifier="Entra" DisplayName_L1="Entra" Agent="Local" />
  <Connection Identifier="Export" DisplayName_L1="Entra" Connector="Entra" Package="Usercube.AzureAD@0000001" />
  <Profile Identifier="P" DisplayName_L1="P" />
  <OpenIdClient Identifier="Job" DisplayName_L1="Job" Profile="P" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" />`;

const model = `
  <EntityType Identifier="T" DisplayName_L1="Thing">
    <Property Identifier="objectid" TargetColumnIndex="4" IsKey="true" />
    <Property Identifier="dataType" TargetColumnIndex="5" />
    <Property Identifier="displayName" TargetColumnIndex="11" />
    <Property Identifier="note" TargetColumnIndex="12" />
    <Property Identifier="members" Type="ForeignKey" />
    <Property Identifier="memberOf" Type="ForeignKey" />
  </EntityType>
  <EntityTypeMapping Identifier="T" Connector="Entra" ConnectionTable="Export_directoryobjects" C0="user group" MaximumDeletedLines="7">
    <Property Identifier="displayName" ConnectionColumn="displayName" />
    <Property Identifier="dataType" ConnectionColumn="@odata.type" />
    <Property Identifier="objectid" ConnectionColumn="id" IsPrimaryKey="true" />
  </EntityTypeMapping>
  <EntityAssociation Identifier="A" DisplayName_L1="Members" Property1="T:members" Property2="T:memberOf" IsProperty1Collection="true" IsProperty2Collection="true" />
  <EntityAssociationMapping Identifier="A" Connector="Entra" ConnectionTable="Export_members_group" Column1="groupId" Column2="id"
    EntityPropertyMapping1="T:objectid" EntityPropertyMapping2="T:objectid" MaxPercentageDeletedLines="3" />`;

describe('connections', () => {
  test('export what the mappings of their tables say', () => {
    const { engine, warnings } = translate(entra + model);
    expect(warnings).toEqual([]);
    expect(engine.connections).toEqual([
      {
        name: 'Export',
        displayName: 'Entra',
        connector: 'Entra',
        package: 'Usercube.AzureAD@0000001',
        isExportDeactivated: false,
        isExportable: true,
        entityTypes: [
          { name: 'user', attributes: ['displayName'], links: [] },
          { name: 'group', attributes: ['displayName'], links: ['members'] },
        ],
        columns: ['displayName', 'id'],
      },
    ]);
  });

  test('have guards: defaults of the connector, and what mappings limit of their own', () => {
    const { engine } = translate(entra + model);
    const limits = { ...noThresholds, deletedCount: 7 };
    expect(engine.guards).toEqual({
      Entra: {
        ...defaultGuards,
        entityTypes: { user: limits, group: limits },
        associations: { 'group.members': { ...noThresholds, deletedPercent: 3 } },
      },
    });
  });

  test('fill the entity types and associations that people know', () => {
    const { engine } = translate(entra + model);
    expect(engine.entityTypes).toMatchObject([
      {
        identifier: 'T',
        displayName: 'Thing',
        connector: 'Entra',
        sources: [
          { connection: 'Export', entityType: 'user' },
          { connection: 'Export', entityType: 'group' },
        ],
      },
    ]);
    expect(
      engine.entityTypes[0]?.properties.map(({ identifier, targetColumnIndex, source }) => [
        identifier,
        targetColumnIndex,
        source,
      ]),
    ).toEqual([
      ['objectid', 4, 'id'],
      ['dataType', 5, '@odata.type'],
      ['displayName', 11, 'displayName'],
      ['note', 12, undefined],
      ['members', undefined, undefined],
      ['memberOf', undefined, undefined],
    ]);
    expect(engine.associations).toEqual([
      {
        identifier: 'A',
        displayName: 'Members',
        property1: 'T:members',
        property2: 'T:memberOf',
        isProperty1Collection: true,
        isProperty2Collection: true,
        links: [{ connection: 'Export', entityType: 'group', link: 'members' }],
      },
    ]);
  });

  test.each<[elements: string, warning: RegExp]>([
    [
      `${entra}<Connection Identifier="Files" DisplayName_L1="F" Connector="Entra" Package="Usercube.CSV.Complete@0000001" />${model}`,
      /Connection Files has the package Usercube\.CSV\.Complete@0000001, which Syncline cannot export yet/,
    ],
    [
      entra,
      /Connection Export exports nothing: no EntityTypeMapping of Connector Entra has a ConnectionTable that begins with Export_/,
    ],
    [
      entra + model.replace('Export_directoryobjects', 'Exprt_directoryobjects'),
      /EntityTypeMapping T has the ConnectionTable Exprt_directoryobjects, which no connection of Connector Entra fills \(did you mean Export_…\?\)/,
    ],
    [
      entra + model.replace('_members_group', '_members_device'),
      /ConnectionTable Export_members_device, which is no link of what Export exports/,
    ],
    [
      entra + model.replace('"groupId"', '"id"').replace('Column2="id"', 'Column2="groupId"'),
      /its first side is taken to be the group/,
    ],
  ])('that export less than people may expect are warned of', (elements, warning) => {
    expect(translate(elements).warnings.join('\n')).toMatch(warning);
  });
});

function tasksOf({ engine }: Translation): readonly TaskDefinition[] {
  return engine.jobs[0]?.tasks ?? [];
}

const delta = `<CreateConnectorSynchroIncremental Connector="Entra" JobIdentifier="J"><OpenIdIdentifier Identifier="Job" /><CronTabExpression CronTab="*/15 * * * *" CronTimeZone="ServerTime" /></CreateConnectorSynchroIncremental>`;

describe('jobs', () => {
  test('keep their schedule in the time zone that is meant', () => {
    const [job] = translate(entra + model + delta).engine.jobs;
    expect(job).toMatchObject({
      identifier: 'J',
      displayName: 'Entra - Synchronization (delta)',
      schedule: '*/15 * * * *',
      timeZone: 'Europe/Paris',
      isIncremental: true,
      isUserStartDenied: false,
    });
  });

  test('export and apply; what lies between is passed over, and keeps nothing from stopping', () => {
    const tasks = tasksOf(translate(entra + model + delta));
    expect(tasks.map(({ kind, level }) => `${level} ${kind}`)).toEqual([
      '0 export',
      '1 none',
      '2 apply',
      '3 none',
      '4 none',
      '5 none',
      '6 none',
      '7 none',
      '8 none',
    ]);
    expect(tasks[0]).toMatchObject({ connections: ['Export'], isFull: false, continuesOnError: true });
    expect(tasks[2]).toMatchObject({
      connections: ['Export'],
      dependsOn: ['J_PrepareSynchronizationChanges_Entra_Incremental', 'J_Export_Entra_Incremental_Export'],
      options: { element: 'SynchronizeTask' },
    });
  });

  test('read everything in complete mode, and are forced at initialization', () => {
    const client = '<OpenIdIdentifier Identifier="Job" />';
    const complete = tasksOf(
      translate(
        `${entra}${model}<CreateConnectorSynchroComplete Connector="Entra">${client}</CreateConnectorSynchroComplete>`,
      ),
    );
    expect(complete[0]).toMatchObject({ kind: 'export', isFull: true, isForced: false });
    const initial = translate(`${entra}${model}<CreateInitializationJob>${client}</CreateInitializationJob>`);
    expect(initial.engine.jobs[0]?.isUserStartDenied).toBe(true);
    expect(tasksOf(initial).find(({ kind }) => kind === 'apply')).toMatchObject({
      isForced: true,
      dependsOn: [],
    });
  });

  test('hold steps, overrides and tasks without a level in their order', () => {
    const translation = translate(`${entra}${model}
      <ExportTask Identifier="E" DisplayName_L1="Export" Agent="Local" OpenIdClient="Job" Connector="Entra" IgnoreCookieFile="true" ContinueOnError="true" />
      <DeployConfigurationTask Identifier="D" DisplayName_L1="Deploy" ConfigurationDirectory="../Conf" />
      <Job Identifier="J" DisplayName_L1="J">
        <Step Task="D" />
        <ExportTaskOverride Identifier="E" IgnoreCookieFile="false" />
        <SynchronizeTask DisplayName_L1="Apply" Connector="Entra"><TaskDependsOnTask ParentTask="E" /></SynchronizeTask>
        <Step Identifier="D" />
      </Job>`);
    expect(tasksOf(translation)).toMatchObject([
      { identifier: 'D', kind: 'deploy-configuration', level: 0, options: { directory: '../Conf' } },
      {
        identifier: 'E',
        kind: 'export',
        level: 1,
        isFull: false,
        continuesOnError: true,
        connections: ['Export'],
      },
      { identifier: 'J_SynchronizeTask3', kind: 'apply', level: 2, dependsOn: ['E'] },
      { identifier: 'D_2', level: 3 },
    ]);
    expect(translation.warnings).toEqual(['Job J has the task D twice: the second is called D_2 there.']);
  });

  test('leave alone what is switched off', () => {
    const manual = `<Job Identifier="J" DisplayName_L1="J"><SynchronizeTask Identifier="S" DisplayName_L1="S" Connector="Entra" /></Job>`;
    const off = (elements: string) => tasksOf(translate(elements))[0];
    expect(off(entra + model + manual)).toMatchObject({ kind: 'apply' });
    expect(
      off(entra.replace('Agent="Local" />', 'Agent="Local" IsDeactivated="true" />') + model + manual),
    ).toMatchObject({ kind: 'none', connections: [] });
    expect(
      off(entra.replace('@0000001" />', '@0000001" DeactivationExportFulfill="Export" />') + model + manual),
    ).toMatchObject({ kind: 'none', connections: [] });
  });
});

describe('access', () => {
  test('is what rules let a profile execute', () => {
    const { engine, warnings } = translate(`${entra}${model}<SynchronizationAccessControlRules Profile="P" />
      <AccessControlRule Identifier="R" DisplayName_L1="R" Profile="P" EntityType="Job">
        <Entry Permission="/Jobs/Job/Query" CanExecute="true" /><Entry Permission="/Jobs/Job/Update" />
      </AccessControlRule>`);
    expect(engine.permissions).toEqual({
      P: ['/Connectors/Connector/Query', '/Connectors/SynchronizeSession', '/Jobs/Job/Query'],
    });
    expect(engine.clients).toEqual([
      {
        clientId: 'Job',
        displayName: 'Job',
        hashedSecret: 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=',
        profile: 'P',
      },
    ]);
    expect(warnings).toEqual([]);
  });

  test('that is limited in a way that cannot be held is not given', () => {
    const limited = `${entra.replace('Identifier="Job" DisplayName_L1', 'Context="-2" Identifier="Job" DisplayName_L1')}${model}
      <AccessControlRule Identifier="R" DisplayName_L1="R" Profile="P" EntityType="Job">
        <Entry Permission="/Jobs/Job/Query" CanExecute="true" /><Filter Binding="Identifier" Value="J" />
      </AccessControlRule>`;
    const { engine, warnings } = translate(limited);
    expect([engine.clients, engine.permissions]).toEqual([[], { P: [] }]);
    expect(warnings).toEqual([
      'OpenIdClient Job is limited to the context -2, which Syncline cannot apply: it gets no access.',
      'AccessControlRule R has filters, which Syncline cannot apply: it grants nothing.',
    ]);
  });
});

test('the example deploys, and Entra can export what it maps', () => {
  const reading = readConfigurationDirectory(
    fileURLToPath(new URL('../../examples/entra-incremental/Conf', import.meta.url)),
  );
  expect(reading).toMatchObject({ kind: 'configuration', warnings: [] });
  if (reading.kind !== 'configuration') return;
  const { engine, warnings } = toEngineConfiguration(reading.configuration, {
    distributeAttributes: mapAttributes,
  });
  expect(warnings).toEqual([]);
  const [connection] = engine.connections;
  expect(connection?.columns).toHaveLength(40);
  expect(checkEntityTypes(connection?.entityTypes ?? [])).toEqual([]);
  expect(connection?.entityTypes.map(({ name, links }) => [name, links])).toEqual([
    ['user', []],
    ['group', ['members']],
    ['directoryRole', []],
    ['servicePrincipal', []],
  ]);
  expect(engine.jobs.map(({ identifier, schedule }) => [identifier, schedule])).toEqual([
    ['MicrosoftEntraID_Synchronization_Delta', '*/15 * * * *'],
  ]);
  expect(engine.permissions.AgentSynchro).toEqual(
    expect.arrayContaining([
      '/Connectors/Connector/Query',
      '/Connectors/SynchronizeSession',
      '/Jobs/JobInstance/Update',
      '/Jobs/RunJob/Launch',
      '/Jobs/Task/Query',
      '/Jobs/TaskInstance/Query',
      '/Jobs/TaskInstance/Update',
    ]),
  );
});
