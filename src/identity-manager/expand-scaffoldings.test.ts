import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ChildElement,
  type Configuration,
  type ConfigurationElement,
  elementsOf,
} from './configuration.ts';
import { readConfigurationFiles } from './read-configuration.ts';
import { writeExpandedConfiguration } from './write-xml.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}.xml`, import.meta.url), 'utf8');
}

function inFile(elements: string): string {
  return `<ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">${elements}</ConfigurationFile>`;
}

/** The four connectors with more elements beside them. */
function readWith(elements: string): Configuration {
  const reading = readConfigurationFiles([
    { name: 'connectors.xml', content: fixture('connectors') },
    { name: 'more.xml', content: elements },
  ]);
  if (reading.kind === 'refused') throw new Error(reading.mistakes.join('\n'));
  expect(reading.warnings).toEqual([]);
  return reading.configuration;
}

function mistakesWith(elements: string): readonly string[] {
  const reading = readConfigurationFiles([
    { name: 'connectors.xml', content: fixture('connectors') },
    { name: 'more.xml', content: inFile(elements) },
  ]);
  return reading.kind === 'refused' ? reading.mistakes : [];
}

/** Jobs, tasks and rules, without what generated them. */
function madeIn(configuration: Configuration): readonly Omit<ConfigurationElement, 'origin'>[] {
  return configuration.elements
    .filter(({ kind }) => /^(?:Job|AccessControlRule|\w+Task)$/.test(kind))
    .map(({ origin: _, ...element }) => element);
}

const client = '<OpenIdIdentifier Identifier="Job" />';

describe('a scaffolding makes exactly what the documentation prints', () => {
  test.each<[fixtureName: string, scaffolding: string]>([
    [
      'connector-incremental',
      `<CreateConnectorSynchroIncremental Connector="MicrosoftEntraID" JobIdentifier="J" DisplayName_L1="10: Delta">
         ${client}<CronTabExpression CronTab="*/15 * * * *" CronTimeZone="ServerTime" />
       </CreateConnectorSynchroIncremental>`,
    ],
    [
      'connector-complete',
      `<CreateConnectorSynchroComplete Connector="MicrosoftEntraID" JobIdentifier="J" DisplayName_L1="10: Complete">${client}</CreateConnectorSynchroComplete>`,
    ],
    [
      'agent-incremental',
      `<CreateAgentSynchroIncremental Agent="Local" JobIdentifier="Job_Fast" DisplayName_L1="91: Background Sync/Provisioning Job">${client}</CreateAgentSynchroIncremental>`,
    ],
    [
      'agent-complete',
      `<CreateAgentSynchroComplete JobIdentifier="Job_Daily" DisplayName_L1="94: Complete Job">${client}</CreateAgentSynchroComplete>`,
    ],
    [
      'initialization',
      `<CreateInitializationJob DisplayName_L1="ZZ Administration/Initialization" OldAlgorithm="false">
         ${client}<Configuration Path="../Conf" /><NoConnectorProvisioning ConnectorIdentifier="AD" />
         <NoConnectorSynchronization ConnectorIdentifier="HR" />
       </CreateInitializationJob>`,
    ],
    ['synchronization-rules', '<SynchronizationAccessControlRules Profile="Administrator" />'],
    ['job-view-rules', '<JobViewAccessControlRules Id="6" Profile="Administrator" />'],
    ['job-execution-rules', '<JobExecutionAccessControlRules Profile="Administrator" />'],
    ['task-administration-rules', '<TaskAdministrationAccessControlRules Profile="Administrator" />'],
    ['provisioning-rules', '<ProvisioningAccessControlRules Profile="Administrator" />'],
  ])('%s', (name, scaffolding) => {
    expect(madeIn(readWith(inFile(scaffolding)))).toEqual(madeIn(readWith(fixture(name))));
  });
});

test('what is generated says where it comes from, and stands beside its scaffolding', () => {
  const configuration = readWith(inFile('<SynchronizationAccessControlRules Profile="Administrator" />'));
  const [scaffolding] = elementsOf(configuration, 'SynchronizationAccessControlRules');
  expect(scaffolding).toEqual({
    kind: 'SynchronizationAccessControlRules',
    identifier: 'Administrator',
    attributes: { Profile: 'Administrator' },
    children: [],
  });
  for (const rule of elementsOf(configuration, 'AccessControlRule')) {
    expect(rule.origin).toBe('SynchronizationAccessControlRules Administrator');
  }
});

test('two scaffoldings may grant the same rules', () => {
  const both =
    '<JobViewAccessControlRules Profile="Administrator" /><JobExecutionAccessControlRules Profile="Administrator" />';
  expect(madeIn(readWith(inFile(both)))).toEqual(madeIn(readWith(fixture('job-execution-rules'))));
});

test('the expanded file deploys to the same jobs and rules', () => {
  const configuration = readWith(
    inFile(
      `<CreateAgentSynchroComplete JobIdentifier="Daily">${client}</CreateAgentSynchroComplete><JobExecutionAccessControlRules Profile="Administrator" />`,
    ),
  );
  const again = readConfigurationFiles([
    { name: 'expanded.xml', content: writeExpandedConfiguration(configuration) },
  ]);
  expect(again.kind).toBe('configuration');
  if (again.kind === 'configuration') expect(madeIn(again.configuration)).toEqual(madeIn(configuration));
});

function jobOf(configuration: Configuration): ConfigurationElement {
  const [job] = elementsOf(configuration, 'Job');
  if (job === undefined) throw new Error('There is no job.');
  return job;
}

/** `level identifier` of each task or step, the job left out of the identifier. */
function tasksOf(job: ConfigurationElement): readonly string[] {
  return job.children.map(
    ({ attributes: { Level, Identifier, Task } }) =>
      `${Level} ${(Identifier ?? Task ?? '').replace(`${job.identifier}_`, '')}`,
  );
}

function jobWith(children: string, attributes = 'Connector="MicrosoftEntraID"'): ConfigurationElement {
  return jobOf(
    readWith(
      inFile(
        `<ComputeRoleModelTask Identifier="Added" DisplayName_L1="Added" />
         <CreateConnectorSynchroIncremental ${attributes} JobIdentifier="J">${client}${children}</CreateConnectorSynchroIncremental>`,
      ),
    ),
  );
}

function taskOf(job: ConfigurationElement, ending: string): ChildElement | undefined {
  return job.children.find(({ attributes }) => attributes.Identifier === `${job.identifier}_${ending}`);
}

describe('children change the job', () => {
  test('AddTask places a task on a level of its own', () => {
    expect(
      tasksOf(jobWith('<AddTask Task="Added" TaskToCompareWith="Fulfill" Before="1" />')).slice(-3),
    ).toEqual(['7 GenerateProvisioningOrders1', '8 Added', '9 Fulfill1']);
    expect(
      tasksOf(
        jobWith(
          '<AddTask Task="added" TaskToCompareWith="MicrosoftEntraID_Incremental_EntraExport" After="true" />',
        ),
      ).slice(0, 3),
    ).toEqual([
      '0 Export_MicrosoftEntraID_Incremental_EntraExport',
      '1 Added',
      '2 PrepareSynchronizationChanges_MicrosoftEntraID_Incremental',
    ]);
  });

  test('LinkDependTask makes a task wait for another', () => {
    const job = jobWith(
      '<LinkDependTask Task="UpdateEntityPropertyExpressions" DependOn="SetRecentlyModifiedFlag" />',
    );
    expect(taskOf(job, 'UpdateEntityPropertyExpressions1_WithDirty')?.children[0]).toEqual({
      kind: 'TaskDependsOnTask',
      attributes: { ParentTask: 'J_SetRecentlyModifiedFlag' },
      children: [],
    });
  });

  test('NoSynchronization and NoProvisioning leave their tasks out', () => {
    expect(tasksOf(jobWith('<NoSynchronization />'))).toEqual([
      '0 UpdateEntityPropertyExpressions1_WithDirty',
      '1 ComputeCorrelationKeys1_AllEntities_WithDirty',
      '2 ComputeRoleModel1_WithDirty',
      '3 GenerateProvisioningOrders1',
      '4 Fulfill1',
    ]);
    expect(tasksOf(jobWith('<NoProvisioning />')).at(-1)).toBe('6 ComputeRoleModel1_WithDirty');
  });

  test('DoNotCreateJob leaves the tasks alone', () => {
    const configuration = readWith(
      inFile(
        `<CreateConnectorSynchroComplete Connector="MicrosoftEntraID" JobIdentifier="J">${client}<DoNotCreateJob /></CreateConnectorSynchroComplete>`,
      ),
    );
    expect(elementsOf(configuration, 'Job')).toEqual([]);
    expect(elementsOf(configuration, 'ExportTask').map(({ identifier }) => identifier)).toEqual([
      'J_Export_MicrosoftEntraID_Complete_EntraExport',
    ]);
  });

  test('NotUsed and its like, and what connectors say of themselves, narrow the jobs of an agent', () => {
    const synchronized = (children: string) =>
      jobOf(
        readWith(
          inFile(
            `<CreateAgentSynchroComplete JobIdentifier="J">${client}${children}</CreateAgentSynchroComplete>`,
          ),
        ),
      ).children.flatMap(({ kind, attributes }) =>
        kind === 'SynchronizeTask' ? (attributes.Connector ?? []) : [],
      );
    expect(synchronized('')).toEqual(['AD', 'HR', 'MicrosoftEntraID']);
    expect(synchronized('<NotUsed ConnectorIdentifier="AD" />')).toEqual(['HR', 'MicrosoftEntraID']);
    expect(synchronized('<NoConnectorSynchronization ConnectorIdentifier="HR" />')).toEqual([
      'AD',
      'MicrosoftEntraID',
    ]);
    expect(synchronized('<NoConnectorProvisioning ConnectorIdentifier="HR" />')).toEqual([
      'AD',
      'HR',
      'MicrosoftEntraID',
    ]);
  });

  test('a connector without changes of its own has them computed by the preparation', () => {
    const job = jobWith('', 'Connector="HR"');
    expect(tasksOf(job).slice(2, 4)).toEqual([
      '1 PrepareSynchronization_HR_Incremental',
      '2 Synchronize_HR_DoNotDeleteChanges',
    ]);
  });

  test('a directory that feeds others is computed three times before everything else', () => {
    const job = jobOf(
      readWith(
        inFile(
          `<CreateInitializationJob>${client}<PrincipalDataConnector ConnectorIdentifier="HR" /></CreateInitializationJob>`,
        ),
      ),
    );
    const rounds = tasksOf(job).filter((task) => /Fulfill|UpdateEntity/.test(task));
    expect(rounds).toEqual([
      '4 UpdateEntityPropertyExpressions1',
      '8 Fulfill1_IgnoreHistorization',
      '9 UpdateEntityPropertyExpressions2',
      '13 Fulfill2_IgnoreHistorization',
      '14 UpdateEntityPropertyExpressions3',
      '18 Fulfill3_IgnoreHistorization',
      '19 UpdateEntityPropertyExpressions4',
    ]);
  });
});

test.each<[scaffolding: string, identifier: string, displayName: string]>([
  [
    'CreateConnectorSynchroIncremental Connector="AD"',
    'AD_Synchronization_Delta',
    'AD - Synchronization (delta)',
  ],
  [
    'CreateConnectorSynchroComplete Connector="AD"',
    'AD_Synchronization_Complete',
    'AD - Synchronization (complete)',
  ],
  ['CreateAgentSynchroIncremental', 'Local_Synchronization_Delta', 'Local - Synchronization (delta)'],
  [
    'CreateAgentSynchroComplete Agent="Local"',
    'Local_Synchronization_Complete',
    'Local - Synchronization (complete)',
  ],
  ['CreateInitializationJob', 'InitializationJob', 'Initialization'],
])('%s names its job itself where nothing else does', (scaffolding, identifier, displayName) => {
  const [kind = ''] = scaffolding.split(' ');
  const job = jobOf(readWith(inFile(`<${scaffolding}>${client}</${kind}>`)));
  expect([job.identifier, job.attributes.DisplayName_L1]).toEqual([identifier, displayName]);
});

describe('a scaffolding that cannot be expanded is told of', () => {
  const scaffolding = (children: string) =>
    `<ComputeRoleModelTask Identifier="Added" DisplayName_L1="Added" />\n<CreateConnectorSynchroComplete Connector="AD" JobIdentifier="J">${client}${children}</CreateConnectorSynchroComplete>`;

  test.each<[xml: string, mistake: RegExp]>([
    [
      scaffolding('\n<AddTask Task="Added" TaskToCompareWith="Fullfil" />'),
      /^more\.xml:3:1: AddTask cannot place the task Added: no task of the job is named Fullfil \(did you mean Fulfill1\?\)/,
    ],
    [
      scaffolding('\n<AddTask Task="Added" TaskToCompareWith="Fulfill" Occurence="2" />'),
      /the job has 1 of Fulfill and no occurrence 2/,
    ],
    [
      scaffolding('\n<AddTask Task="Added" TaskToCompareWith="Fulfill" After="1" Before="1" />'),
      /says both After and Before/,
    ],
    [
      scaffolding('\n<AddTask Task="Aded" TaskToCompareWith="Fulfill" />'),
      /names the task "Aded", which does not exist \(did you mean Added\?\)/,
    ],
    [
      scaffolding('<LinkDependTask Task="Fulfill" DependOn="Nothing" />'),
      /LinkDependTask cannot find its parent: no task/,
    ],
    [
      `${scaffolding('')}<Job Identifier="J" DisplayName_L1="J" />`,
      /CreateConnectorSynchroComplete J generates Job J, which the files have as well: write another JobIdentifier/,
    ],
    [
      scaffolding('').replaceAll('"Added"', '"J_Fulfill1"'),
      /CreateConnectorSynchroComplete J generates the task J_Fulfill1, and ComputeRoleModelTask J_Fulfill1 has a task of this name/,
    ],
    [
      `${scaffolding('')}<CreateConnectorSynchroComplete Connector="AD" JobIdentifier="j" />`,
      /CreateConnectorSynchroComplete j is already at more\.xml:2:1/,
    ],
    [
      scaffolding('<LinkDependTask Task="Export_AD" DependOn="SynchronizeActiveDirectory_AD" />'),
      /the tasks .*J_Export_AD_Complete_ADExport.* wait for each other/,
    ],
  ])('%s', (xml, mistake) => {
    expect(mistakesWith(xml).join('\n')).toMatch(mistake);
  });
});
