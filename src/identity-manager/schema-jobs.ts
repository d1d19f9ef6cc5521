/**
 * The schema of jobs and of the scaffoldings that make jobs (Identity Manager documentation: XML configuration, Jobs and
 * Scaffoldings).
 */
import {
  choice,
  displayNames,
  type ElementSchema,
  element,
  flag,
  identifier,
  ignored,
  integer,
  reference,
  required,
  schedule,
  type TopElementSchema,
  text,
  topElement,
} from './element-schema.ts';
import {
  dependency,
  inlineTasks,
  overrides,
  taskKinds,
  tasksWithoutEffect,
  topTasks,
} from './schema-tasks.ts';

const agent = reference('Agent');
const connector = reference('Connector');
const client = reference('OpenIdClient');
const cronTimeZone = choice(['UTC', 'ServerTime']);

const addTask = element({
  Task: required(reference(...taskKinds)),
  TaskToCompareWith: required(text()),
  After: flag(),
  Before: flag(),
  CopyOccurence: integer(0, 0),
  Occurence: integer(0, 0),
});
const forConnector = element({ ConnectorIdentifier: required(connector) });

const everyJobScaffolding: Readonly<Record<string, ElementSchema>> = {
  AddTask: addTask,
  DoNotCreateJob: element({}),
  FormatPropertiesInResource: element({}),
  OpenIdIdentifier: element({ Identifier: required(client) }),
};

const synchronizationScaffolding: Readonly<Record<string, ElementSchema>> = {
  ...everyJobScaffolding,
  CronTabExpression: element({ CronTab: required(schedule()), CronTimeZone: cronTimeZone }),
  FulfillInternalWorkflowsPath: element({
    ConnectorIdentifier: required(connector),
    Path: required(text()),
  }),
  LinkDependTask: element({
    DependOn: required(text()),
    Task: required(text()),
    ChildOccurence: integer(0, 0),
    ParentOccurence: integer(0, 0),
  }),
};

const atMostOne = [
  'DoNotCreateJob',
  'OpenIdIdentifier',
  'CronTabExpression',
  'Configuration',
  'NoProvisioning',
  'NoSynchronization',
  'FormatPropertiesInResource',
];

const connectorScaffolding = topElement(
  'job',
  {
    Id: ignored,
    Connector: required(connector),
    ...displayNames(false),
    JobIdentifier: text(),
    OldAlgorithm: ignored,
  },
  {
    children: {
      ...synchronizationScaffolding,
      NoProvisioning: element({}),
      NoSynchronization: element({}),
    },
    atMostOne,
  },
);

const agentAttributes = {
  Id: ignored,
  Agent: agent,
  ...displayNames(false),
  JobIdentifier: text(),
  OldAlgorithm: ignored,
};
const exclusions = {
  NoConnectorProvisioning: forConnector,
  NoConnectorSynchronization: forConnector,
  NotUsed: forConnector,
};
const agentScaffolding = topElement('job', agentAttributes, {
  children: { ...synchronizationScaffolding, ...exclusions },
  atMostOne,
});

/** The scaffoldings that make a job. */
export const jobScaffoldingSchema = {
  CreateConnectorSynchroIncremental: connectorScaffolding,
  CreateConnectorSynchroComplete: connectorScaffolding,
  CreateAgentSynchroIncremental: agentScaffolding,
  CreateAgentSynchroComplete: agentScaffolding,
  CreateInitializationJob: topElement('job', agentAttributes, {
    children: {
      ...everyJobScaffolding,
      ...exclusions,
      Configuration: element({ Path: required(text()) }),
      PrincipalDataConnector: forConnector,
    },
    atMostOne,
  }),
} as const satisfies Readonly<Record<string, TopElementSchema>>;
export type JobScaffoldingKind = keyof typeof jobScaffoldingSchema;

export const jobSchema: Readonly<Record<string, TopElementSchema>> = {
  Job: topElement(
    'Identifier',
    {
      Identifier: identifier(),
      ...displayNames(true),
      Agent: agent,
      CronTabExpression: schedule('CrontabExpression'),
      CronTimeZone: cronTimeZone,
      IsConnectorJob: flag(),
      IsIncremental: flag(),
      IsInitializationJob: flag(),
      LogLevel: choice(['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical', 'None'], 'None'),
      UserStartDenied: flag(),
    },
    {
      children: {
        ...inlineTasks,
        ...overrides,
        // The samples write Identifier, the table of attributes has Task. A LinkDependTask may make a step depend on a task.
        Step: element(
          {
            Task: required({ ...reference(...taskKinds), aliases: ['Identifier'] }),
            Level: integer(-1, -1),
          },
          { children: { TaskDependsOnTask: dependency } },
        ),
      },
      withoutEffect: tasksWithoutEffect,
    },
  ),
  ...topTasks,
  ...jobScaffoldingSchema,
};
