/** Jobs of the configuration as jobs of the engine: which tasks do something here, on which connections, and in which order. */
import type { JobDefinition, TaskDefinition, TaskKind } from '../model/job.ts';
import {
  type ChildElement,
  type Configuration,
  type ConfigurationElement,
  childrenOf,
  displayNameOf,
  elementsOf,
  nameElement,
} from './configuration.ts';
import { isTask, tasksAmong } from './element-index.ts';
import type { EngineConnection } from './engine-connections.ts';

/** What tasks are for; those that are missing have nothing to do here. */
const kindsOfTasks: ReadonlyMap<string, TaskKind> = new Map([
  ['ExportTask', 'export'],
  // Cleansing and comparing are part of synchronizing.
  ['PrepareSynchronizationTask', 'none'],
  ['SynchronizeTask', 'apply'],
  ['DeployConfigurationTask', 'deploy-configuration'],
]);

/** All jobs, in the order of their identifiers. */
export function jobsOf(
  configuration: Configuration,
  connections: readonly EngineConnection[],
  serverTimeZone: string,
  warnings: string[],
): readonly JobDefinition[] {
  const tasks = allTasks(configuration);
  return elementsOf(configuration, 'Job').map((job) => {
    const { CronTabExpression = null, CronTimeZone, IsIncremental, UserStartDenied } = job.attributes;
    return {
      identifier: job.identifier,
      displayName: displayNameOf(job),
      schedule: CronTabExpression,
      timeZone: CronTimeZone === 'ServerTime' ? serverTimeZone : 'UTC',
      isIncremental: IsIncremental === 'true',
      isUserStartDenied: UserStartDenied === 'true',
      tasks: tasksOf(job, tasks, connections, warnings),
    };
  });
}

/** Every task of the configuration by its identifier: those of jobs, and those that stand alone. */
function allTasks({ elements }: Configuration): ReadonlyMap<string, ChildElement> {
  return new Map(
    elements
      .flatMap(({ kind, identifier, attributes, children }) =>
        isTask(kind)
          ? [{ kind, attributes: { ...attributes, Identifier: identifier }, children }]
          : kind === 'Job'
            ? tasksAmong(children)
            : [],
      )
      .map((task) => [task.attributes.Identifier ?? '', task]),
  );
}

function tasksOf(
  job: ConfigurationElement,
  all: ReadonlyMap<string, ChildElement>,
  connections: readonly EngineConnection[],
  warnings: string[],
): readonly TaskDefinition[] {
  const taken = new Set<string>();
  let lastLevel = -1;
  const definitions = job.children.flatMap((child, index): readonly TaskDefinition[] => {
    const task = resolveTask(child, all);
    if (task === undefined) return [];
    const identifier = task.attributes.Identifier ?? `${job.identifier}_${task.kind}${index + 1}`;
    const ownName = nameInJob(identifier, taken);
    if (ownName !== identifier) {
      warnings.push(
        `${nameElement(job)} has the task ${identifier} twice: the second is called ${ownName} there.`,
      );
    }
    // Without a level, what is written further down comes later.
    lastLevel = task.attributes.Level === undefined ? lastLevel + 1 : Number(task.attributes.Level);
    return [define(ownName, task, lastLevel, connections)];
  });
  const byIdentifier = new Map(definitions.map((task) => [task.identifier, task]));
  return definitions.map((task) => ({ ...task, dependsOn: parentsOf(task, byIdentifier) }));
}

/**
 * The tasks of the job that a task waits for. A parent that has nothing to do here stands for its own parents as well: an export
 * that failed keeps its synchronization from running, although the preparation between them is passed over. Of parents in other
 * jobs nothing is known when the job runs.
 */
function parentsOf(task: TaskDefinition, tasks: ReadonlyMap<string, TaskDefinition>): readonly string[] {
  const found = new Set<string>();
  const open = [...task.dependsOn];
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const parent = tasks.get(name);
    if (parent === undefined || found.has(name)) continue;
    found.add(name);
    if (parent.kind === 'none') open.push(...parent.dependsOn);
  }
  return [...found];
}

/** A child of a job as the task that it stands for: itself, the task of a step, or an overridden one. */
function resolveTask(child: ChildElement, all: ReadonlyMap<string, ChildElement>): ChildElement | undefined {
  if (isTask(child.kind)) return child;
  const base = all.get(child.attributes.Task ?? child.attributes.Identifier ?? '');
  if (base === undefined) return undefined;
  const { Task: _, Identifier: __, Level, ...changed } = child.attributes;
  const { Level: ___, ...own } = base.attributes;
  return {
    kind: base.kind,
    attributes: { ...own, ...changed, ...(Level === undefined ? {} : { Level }) },
    children: [...base.children, ...child.children],
  };
}

function nameInJob(identifier: string, taken: Set<string>): string {
  let name = identifier;
  for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${identifier}_${number}`;
  taken.add(name.toLowerCase());
  return name;
}

function define(
  identifier: string,
  { kind: element, attributes, children }: ChildElement,
  level: number,
  connections: readonly EngineConnection[],
): TaskDefinition {
  const { DisplayName_L1, ContinueOnError, IgnoreCookieFile, InitMode, ForceSynchronization } = attributes;
  const kind = kindsOfTasks.get(element) ?? 'none';
  const worksOn = kind === 'export' || kind === 'apply' ? connectionsFor(attributes, connections) : undefined;
  return {
    identifier,
    displayName: DisplayName_L1 ?? identifier,
    // What is switched off, or cannot be exported, has nothing to do, and does not stop what comes after it.
    kind: worksOn?.length === 0 ? 'none' : kind,
    level,
    connections: worksOn ?? [],
    isFull: IgnoreCookieFile === 'true' || InitMode === 'true',
    isForced: ForceSynchronization === 'true',
    continuesOnError: ContinueOnError === 'true',
    dependsOn: [
      ...new Set(
        childrenOf({ children }, 'TaskDependsOnTask').flatMap(
          (dependency) => dependency.attributes.ParentTask ?? [],
        ),
      ),
    ],
    options: {
      element,
      ...(attributes.ConfigurationDirectory === undefined
        ? {}
        : { directory: attributes.ConfigurationDirectory }),
    },
  };
}

/** The connection that is named, else those of the connector. */
function connectionsFor(
  { Connection, Connector }: ChildElement['attributes'],
  connections: readonly EngineConnection[],
): readonly string[] {
  return connections
    .filter((one) => one.isExportable && !one.isExportDeactivated)
    .filter(({ name, connector }) =>
      Connection === undefined ? connector === Connector : name === Connection,
    )
    .map(({ name }) => name);
}
