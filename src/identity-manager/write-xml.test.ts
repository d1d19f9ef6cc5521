import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChildElement, Configuration, ConfigurationElement } from './configuration.ts';
import { readConfigurationFiles } from './read-configuration.ts';
import {
  type WrittenFile,
  writeConfiguration,
  writeElements,
  writeExpandedConfiguration,
} from './write-xml.ts';

function read(files: readonly WrittenFile[]): Configuration {
  const reading = readConfigurationFiles(files.map(({ path, text }) => ({ name: path, content: text })));
  if (reading.kind === 'refused') throw new Error(reading.mistakes.join('\n'));
  return reading.configuration;
}

function element(
  kind: string,
  identifier: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly ChildElement[] = [],
): ConfigurationElement {
  return { kind, identifier, attributes, children };
}

function child(
  kind: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly ChildElement[] = [],
): ChildElement {
  return { kind, attributes, children };
}

/** Names with everything that XML has to write otherwise. */
const label = fc
  .array(
    fc.constantFrom('a', 'Ü', '東', '😀', '<', '>', '&', '"', "'", '\n', '\r', '\t', ' ', ']]>', '&#10;'),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((signs) => `x${signs.join('')}`);
const count = fc.nat({ max: 9000 }).map((number) => String(number + 1001));
const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);

/** Configurations that hold together, with as much variety as the rules leave. */
const configuration = fc
  .record({
    connectors: fc.uniqueArray(fc.record({ name, label, maximum: count, isOff: fc.boolean() }), {
      selector: (connector) => connector.name,
      minLength: 1,
      maxLength: 4,
    }),
    properties: fc.array(fc.record({ label, column: label }), { minLength: 1, maxLength: 6 }),
    jobs: fc.array(fc.record({ label, isIncremental: fc.boolean() }), { maxLength: 3 }),
    scaffoldings: fc.subarray([
      'CreateAgentSynchroComplete',
      'CreateAgentSynchroIncremental',
      'CreateInitializationJob',
      'JobExecutionAccessControlRules',
    ]),
  })
  .map(({ connectors, properties, jobs, scaffoldings }) => [
    element('Agent', 'Local', { DisplayName_L1: 'Local' }),
    element('Profile', 'P', { DisplayName_L1: 'P' }),
    element('OpenIdClient', 'Job', {
      HashedSecret: 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=',
      DisplayName_L1: 'Job',
      Profile: 'P',
    }),
    ...connectors.flatMap((connector, number) => [
      element('Connector', connector.name, {
        DisplayName_L1: connector.label,
        Agent: 'Local',
        ...(connector.isOff ? { IsDeactivated: 'true' } : {}),
        MaximumInsertedLines: connector.maximum,
      }),
      element('Connection', `k${number}`, {
        DisplayName_L1: connector.label,
        Connector: connector.name,
        Package: 'Usercube.AzureAD@0000001',
      }),
      element(
        'EntityType',
        `T${number}`,
        {},
        properties.map((property, index) =>
          child('Property', {
            Identifier: `p${index}`,
            DisplayName_L1: property.label,
            TargetColumnIndex: String(index),
            ...(index === 0 ? { IsKey: 'true' } : {}),
          }),
        ),
      ),
      element(
        'EntityTypeMapping',
        `T${number}`,
        { Connector: connector.name, ConnectionTable: `k${number}_directoryobjects` },
        properties.map(({ column }, index) =>
          child('Property', {
            Identifier: `p${index}`,
            ConnectionColumn: column,
            ...(index === 0 ? { IsPrimaryKey: 'true' } : {}),
          }),
        ),
      ),
    ]),
    ...jobs.map((job, number) =>
      element(
        'Job',
        `job ${number}`,
        {
          DisplayName_L1: job.label,
          Agent: 'Local',
          ...(job.isIncremental ? { IsIncremental: 'true' } : {}),
        },
        [
          child('SetRecentlyModifiedFlagTask', { Identifier: `a${number}`, DisplayName_L1: job.label }),
          child('UpdateClassificationTask', { Identifier: `b${number}`, DisplayName_L1: 'b', Level: '1' }, [
            child('TaskDependsOnTask', { ParentTask: `a${number}` }),
          ]),
        ],
      ),
    ),
    ...scaffoldings.map((kind) =>
      kind.endsWith('Rules')
        ? element(kind, 'P', { Profile: 'P' })
        : element(kind, kind, { JobIdentifier: kind }, [child('OpenIdIdentifier', { Identifier: 'Job' })]),
    ),
  ]);

describe('a configuration that was written', () => {
  test('is the same when it is read again', () => {
    fc.assert(
      fc.property(configuration, (elements) => {
        const deployed = read([{ path: 'a.xml', text: writeElements(elements) }]);
        const written = deployed.elements.filter(({ origin }) => origin === undefined);
        expect(written).toHaveLength(elements.length);
        expect(written).toEqual(expect.arrayContaining(elements));
        expect(read(writeConfiguration(deployed))).toEqual(deployed);
      }),
      { numRuns: 60 },
    );
  });

  test('is plain JSON', () => {
    fc.assert(
      fc.property(configuration, (elements) => {
        const deployed = read([{ path: 'a.xml', text: writeElements(elements) }]);
        expect(JSON.parse(JSON.stringify(deployed))).toEqual(deployed);
      }),
      { numRuns: 20 },
    );
  });

  test('stands in files by subject, with scaffoldings and without what they generate', () => {
    const example = (file: string) =>
      readFileSync(new URL(`../../examples/entra-incremental/Conf/${file}`, import.meta.url), 'utf8');
    const names = [
      'MicrosoftEntraID/MicrosoftEntraID Connector.xml',
      'MicrosoftEntraID/MicrosoftEntraID Jobs.xml',
      'OpenIdClients.xml',
      'Profile AgentSynchro.xml',
    ];
    const deployed = read(names.map((path) => ({ path, text: example(path) })));
    const files = writeConfiguration(deployed);
    expect(files.map(({ path }) => path)).toEqual([
      'AccessControl.xml',
      'Agents.xml',
      'Connectors/MicrosoftEntraID.xml',
      'Jobs.xml',
      'OpenIdClients.xml',
    ]);
    const jobs = files.find(({ path }) => path === 'Jobs.xml')?.text;
    expect(jobs).toContain('<CreateConnectorSynchroIncremental');
    expect(jobs).not.toContain('<ExportTask');
    expect(read(files)).toEqual(deployed);
  });

  test('shows what scaffoldings stand for when it is expanded', () => {
    const elements = [
      element('Profile', 'P', { DisplayName_L1: 'P' }),
      element('SynchronizationAccessControlRules', 'P', { Profile: 'P' }),
    ];
    const expanded = writeExpandedConfiguration(read([{ path: 'a.xml', text: writeElements(elements) }]));
    expect(expanded).toContain('<AccessControlRule Identifier="P_Resource_Connectors_SynchronizeSession"');
    expect(expanded).not.toContain('<SynchronizationAccessControlRules');
  });

  test('has a file for each connector, whatever a file system makes of their names', () => {
    const elements = ['Ä', 'a', 'A-b'].map((identifier) =>
      element('Connector', identifier, { DisplayName_L1: identifier }),
    );
    expect(writeConfiguration({ elements }).map(({ path }) => path)).toEqual([
      'Connectors/A-b.xml',
      'Connectors/a.xml',
      'Connectors/Ä.xml',
    ]);
  });
});
