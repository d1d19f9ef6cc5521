/** The tasks that scaffoldings put into jobs, with the identifiers and names that Identity Manager gives them (documentation of the job scaffoldings). */
import type { ChildElement } from './configuration.ts';
import { schemaOf } from './known-elements.ts';
import type { ConnectorFacts, Label } from './scaffolding-subject.ts';

/** The job that tasks are made for. */
export type JobContext = Readonly<{
  /** Its identifier, which begins those of its tasks. */
  job: string;
  agent: string | undefined;
  client: string | undefined;
}>;

/** How the connectors of a job are read. */
export type SynchronizationStyle = 'Incremental' | 'Complete' | 'Initial';

type TaskParts = Readonly<{
  attributes?: Readonly<Record<string, string | undefined>>;
  dependsOn?: readonly string[];
  entityTypes?: readonly string[];
}>;

/** A task in canonical form: attributes as the schema orders them, without those that are missing or say the default. */
export function makeTask(
  kind: string,
  identifier: string,
  [english, french]: Label,
  { attributes = {}, dependsOn = [], entityTypes = [] }: TaskParts = {},
): ChildElement {
  const all: Readonly<Record<string, string | undefined>> = {
    ...attributes,
    Identifier: identifier,
    DisplayName_L1: english,
    DisplayName_L2: french,
  };
  const kept = Object.entries(schemaOf(kind)?.attributes ?? {}).flatMap(([name, schema]) => {
    const value = all[name];
    return value === undefined || value === schema.default ? [] : [[name, value]];
  });
  return {
    kind,
    attributes: Object.fromEntries(kept),
    children: [
      ...dependsOn.map((parent) => child('TaskDependsOnTask', { ParentTask: parent })),
      ...entityTypes.map((entityType) => child('TaskEntityType', { EntityType: entityType })),
    ],
  };
}

export function child(kind: string, attributes: Readonly<Record<string, string>>): ChildElement {
  return { kind, attributes, children: [] };
}

/** One task for each connection of a connector that is exported. */
export function exportTasks(
  { job, agent, client }: JobContext,
  { identifier, label, connections }: ConnectorFacts,
  style: SynchronizationStyle,
): readonly ChildElement[] {
  const word = style === 'Incremental' ? 'Incremental' : 'Complete';
  return connections.map((connection) =>
    makeTask(
      'ExportTask',
      `${job}_Export_${identifier}_${word}_${connection}`,
      labelled(label, 'Extract Changes', 'Extraction des modifications'),
      {
        attributes: {
          Agent: agent,
          OpenIdClient: client,
          Connection: connection,
          Connector: identifier,
          ContinueOnError: String(style !== 'Initial'),
          IgnoreCookieFile: String(style !== 'Incremental'),
          InitMode: String(style === 'Initial'),
        },
      },
    ),
  );
}

/** The task that prepares what the exports brought. */
export function prepareTask(
  context: JobContext,
  connector: ConnectorFacts,
  style: SynchronizationStyle,
): ChildElement {
  const { job, agent, client } = context;
  const { identifier, label } = connector;
  const type = changesTypeIn(connector, style);
  const [english, french]: Label =
    type === 'Changes'
      ? ['Incremental Synchronization (agent side)', 'Synchronisation incrémentale (côté agent)']
      : ['Synchronization (agent side)', 'Synchronisation (côté agent)'];
  return makeTask(
    'PrepareSynchronizationTask',
    `${job}_PrepareSynchronization${type ?? ''}_${identifier}_${style}`,
    labelled(label, english, french),
    {
      attributes: {
        Agent: agent,
        Connector: identifier,
        OpenIdClient: client,
        SynchronizationMode: style,
        Type: type,
      },
      // An initialization goes through its levels whatever came of them.
      dependsOn: style === 'Initial' ? [] : identifiersOfTasks(exportTasks(context, connector, style)),
    },
  );
}

/** The task that applies what was prepared. */
export function synchronizeTask(
  context: JobContext,
  connector: ConnectorFacts,
  style: SynchronizationStyle,
): ChildElement {
  const { identifier, label } = connector;
  const type = changesTypeIn(connector, style);
  const [english, french]: Label =
    type === 'Changes'
      ? ['Synchronization (changes server side)', 'Synchronisation (changements côté serveur)']
      : ['Synchronization (server side)', 'Synchronisation (côté serveur)'];
  const endings = { Incremental: '_DoNotDeleteChanges', Complete: '', Initial: '_ForceSynchronization' };
  return makeTask(
    'SynchronizeTask',
    `${context.job}_Synchronize${type ?? ''}_${identifier}${endings[style]}`,
    labelled(label, english, french),
    {
      attributes: {
        Connector: identifier,
        Type: type,
        DoNotDeleteChanges: String(style === 'Incremental'),
        ForceSynchronization: String(style === 'Initial'),
      },
      dependsOn: style === 'Initial' ? [] : identifiersOfTasks([prepareTask(context, connector, style)]),
    },
  );
}

/** A directory's changes need their own tasks in every style, those of other packages only when changes are all there is. */
function changesTypeIn({ changesType }: ConnectorFacts, style: SynchronizationStyle): string | undefined {
  return changesType === 'ActiveDirectory' || style === 'Incremental' ? changesType : undefined;
}

/** Identifiers of tasks. */
export function identifiersOfTasks(tasks: readonly ChildElement[]): readonly string[] {
  return tasks.flatMap(({ attributes }) => attributes.Identifier ?? []);
}

function labelled([english, french]: Label, what: string, frenchWhat: string): Label {
  return [`${english} - ${what}`, `${french} - ${frenchWhat}`];
}
