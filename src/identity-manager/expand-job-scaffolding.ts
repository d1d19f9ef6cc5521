/** A job scaffolding → its job: whose it is, how it is named and scheduled, and the tasks that people add to it. */

import { hint } from '../model/nearest-name.ts';
import { type ChildElement, type ConfigurationElement, childrenOf, nameElement } from './configuration.ts';
import { isTask } from './element-index.ts';
import { schemaOf } from './known-elements.ts';
import { type Levels, makeLevels } from './scaffolding-jobs.ts';
import type { Subject } from './scaffolding-subject.ts';
import { child } from './scaffolding-tasks.ts';

/** Something to tell of a scaffolding, or of one of its children by its number among them. */
export type Remark = Readonly<{ isMistake: boolean; sentence: string; childIndex?: number }>;

export type JobExpansion = Readonly<{
  elements: readonly ConfigurationElement[];
  remarks: readonly Remark[];
}>;

/** The identifier of the job that a scaffolding makes; its own, or one that follows the names of the documentation's samples. */
export function jobIdentifierOf(
  { kind, attributes }: Pick<ConfigurationElement, 'kind' | 'attributes'>,
  agents: readonly string[],
): string {
  if (attributes.JobIdentifier !== undefined) return attributes.JobIdentifier;
  if (kind === 'CreateInitializationJob') return 'InitializationJob';
  const owner = attributes.Connector ?? agentOf(attributes.Agent, agents);
  const ending = kind.endsWith('Incremental') ? 'Synchronization_Delta' : 'Synchronization_Complete';
  return owner === undefined ? ending : `${owner}_${ending}`;
}

/** The only agent is meant where none is named. */
function agentOf(agent: string | undefined, agents: readonly string[]): string | undefined {
  return agent ?? (agents.length === 1 ? agents[0] : undefined);
}

/** The job of a scaffolding, or its tasks alone where it says `DoNotCreateJob`. */
export function expandJobScaffolding(scaffolding: ConfigurationElement, subject: Subject): JobExpansion {
  const { attributes, identifier } = scaffolding;
  const connector = subject.connectors.find((one) => one.identifier === attributes.Connector);
  const agent =
    attributes.Connector === undefined ? agentOf(attributes.Agent, subject.agents) : connector?.agent;
  const named = childrenOf(scaffolding, 'OpenIdIdentifier')[0]?.attributes.Identifier;
  const client = named ?? (subject.clients.length === 1 ? subject.clients[0] : undefined);
  const remarks: Remark[] = [];
  if (client === undefined) {
    remarks.push({
      isMistake: false,
      sentence: `${nameElement(scaffolding)} names no OpenIdIdentifier, so that its tasks name no client: add <OpenIdIdentifier Identifier="…" />`,
    });
  }
  let levels = makeLevels(scaffolding, subject, { job: identifier, agent, client });
  for (const [childIndex, addition] of scaffolding.children.entries()) {
    const change = changes.get(addition.kind);
    if (change === undefined) continue;
    const result = change(levels, addition, identifier);
    if (typeof result === 'string') remarks.push({ isMistake: true, sentence: result, childIndex });
    else levels = result;
  }
  const tasks = levels.flatMap((level, number) =>
    level.map((task) => withAttribute(task, 'Level', String(number))),
  );
  const origin = nameElement(scaffolding);
  if (childrenOf(scaffolding, 'DoNotCreateJob').length > 0) {
    return {
      elements: tasks.filter(({ kind }) => isTask(kind)).map((task) => standAlone(task, origin)),
      remarks,
    };
  }
  return {
    elements: [
      {
        kind: 'Job',
        identifier,
        attributes: jobAttributes(scaffolding, connector?.label[0] ?? agent, agent),
        children: tasks,
        origin,
      },
    ],
    remarks,
  };
}

function standAlone({ kind, attributes, children }: ChildElement, origin: string): ConfigurationElement {
  const { Identifier: identifier = '', ...others } = attributes;
  return { kind, identifier, attributes: others, children, origin };
}

function jobAttributes(
  scaffolding: ConfigurationElement,
  owner: string | undefined,
  agent: string | undefined,
): Readonly<Record<string, string>> {
  const { kind, attributes } = scaffolding;
  const names = Object.fromEntries(
    Object.entries(attributes).filter(([name]) => name.startsWith('DisplayName_')),
  );
  const cron = childrenOf(scaffolding, 'CronTabExpression')[0]?.attributes;
  const isInitialization = kind === 'CreateInitializationJob';
  const all: Readonly<Record<string, string | undefined>> = {
    DisplayName_L1: defaultName(kind, owner),
    ...names,
    Agent: agent,
    CronTabExpression: cron?.CronTab,
    CronTimeZone: cron?.CronTimeZone,
    ...(kind === 'CreateConnectorSynchroIncremental' ? { IsIncremental: 'true' } : {}),
    ...(isInitialization ? { IsInitializationJob: 'true', UserStartDenied: 'true' } : {}),
  };
  return Object.fromEntries(
    Object.keys(schemaOf('Job')?.attributes ?? {}).flatMap((name) => {
      const value = all[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function defaultName(kind: string, owner: string | undefined): string {
  if (kind === 'CreateInitializationJob') return 'Initialization';
  const what = kind.endsWith('Incremental') ? 'Synchronization (delta)' : 'Synchronization (complete)';
  return owner === undefined ? what : `${owner} - ${what}`;
}

type LevelChange = (levels: Levels, addition: ChildElement, job: string) => Levels | string;

/** The added task gets a level of its own, next to the task that it is compared with. */
function addTask(levels: Levels, { attributes }: ChildElement, job: string): Levels | string {
  const { Task = '', TaskToCompareWith = '', After, Before, Occurence = '0' } = attributes;
  if (After === 'true' && Before === 'true') {
    return `AddTask says both After and Before for the task ${Task}: leave one out`;
  }
  const found = findTask(levels, TaskToCompareWith, Number(Occurence), job);
  if (typeof found === 'string') return `AddTask cannot place the task ${Task}: ${found}`;
  const at = Before === 'true' ? found.level : found.level + 1;
  return [...levels.slice(0, at), [child('Step', { Task })], ...levels.slice(at)];
}

/** The child does not run when the parent did not end well. */
function linkTasks(levels: Levels, { attributes }: ChildElement, job: string): Levels | string {
  const { DependOn = '', Task = '', ChildOccurence = '0', ParentOccurence = '0' } = attributes;
  const parent = findTask(levels, DependOn, Number(ParentOccurence), job);
  if (typeof parent === 'string') return `LinkDependTask cannot find its parent: ${parent}`;
  const dependent = findTask(levels, Task, Number(ChildOccurence), job);
  if (typeof dependent === 'string') return `LinkDependTask cannot find its child: ${dependent}`;
  const link = child('TaskDependsOnTask', { ParentTask: parent.identifier });
  return levels.map((tasks) =>
    tasks.map((task) =>
      identifierOf(task) === dependent.identifier &&
      !childrenOf(task, link.kind).some((known) => known.attributes.ParentTask === parent.identifier)
        ? { ...task, children: [link, ...task.children] }
        : task,
    ),
  );
}

const changes: ReadonlyMap<string, LevelChange> = new Map([
  ['AddTask', addTask],
  ['LinkDependTask', linkTasks],
]);

type FoundTask = Readonly<{ identifier: string; level: number }>;

/**
 * A task by its whole identifier, else by a part of what follows the job in it; `occurrence` counts from 1 among those that have
 * the part, and 0 means the first.
 */
function findTask(levels: Levels, wanted: string, occurrence: number, job: string): FoundTask | string {
  const all = levels.flatMap((tasks, level) =>
    tasks.map((task) => ({ identifier: identifierOf(task), level })),
  );
  const exact = all.filter(({ identifier }) => identifier === wanted || identifier === `${job}_${wanted}`);
  const endingOf = (identifier: string) =>
    identifier.startsWith(`${job}_`) ? identifier.slice(job.length + 1) : identifier;
  const like =
    exact.length > 0 ? exact : all.filter(({ identifier }) => endingOf(identifier).includes(wanted));
  const found = like[Math.max(0, occurrence - 1)];
  if (found !== undefined) return found;
  if (like.length > 0) {
    return `the job has ${like.length} of ${wanted} and no occurrence ${occurrence}: use a number up to ${like.length}`;
  }
  const endings = all.map(({ identifier }) => endingOf(identifier));
  return `no task of the job is named ${wanted}${hint(wanted, endings)}: name one of ${endings.join(', ')}`;
}

function identifierOf({ attributes }: ChildElement): string {
  return attributes.Identifier ?? attributes.Task ?? '';
}

/** An attribute added where the schema has it. */
function withAttribute(task: ChildElement, name: string, value: string): ChildElement {
  return { ...task, attributes: { ...task.attributes, [name]: value } };
}
