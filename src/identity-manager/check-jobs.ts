/** What jobs need beyond their own attributes: one agent, dependencies that end somewhere, connections of the right connector. */
import {
  type ChildElement,
  type Configuration,
  type ConfigurationElement,
  elementsOf,
  nameElement,
} from './configuration.ts';
import type { Draft, TopDraft } from './draft.ts';
import { nameDraft } from './draft.ts';
import { isTask, tasksAmong } from './element-index.ts';
import { addMistake, type Findings, type Place } from './mistakes.ts';

/** Checks jobs and tasks; `configuration` is expanded. */
export function checkJobs(
  drafts: readonly TopDraft[],
  configuration: Configuration,
  findings: Findings,
): void {
  const connectorOf = new Map(
    elementsOf(configuration, 'Connection').map(({ identifier, attributes }) => [
      identifier,
      attributes.Connector,
    ]),
  );
  for (const draft of drafts) {
    if (draft.kind === 'Job') checkAgents(draft, findings);
    for (const task of [draft, ...draft.children]) {
      if (isTask(task.kind)) checkConnection(task, connectorOf, findings);
    }
  }
  checkGeneratedTasks(drafts, configuration, findings);
  checkCycles(drafts, configuration, findings);
}

/** All tasks of a job run on one agent, or on the server. */
function checkAgents(job: TopDraft, findings: Findings): void {
  const agents = new Set<string>(job.attributes.Agent === undefined ? [] : [job.attributes.Agent]);
  for (const task of job.children) {
    const { Agent } = task.attributes;
    if (Agent === undefined) continue;
    if (agents.size > 0 && !agents.has(Agent)) {
      addMistake(
        findings,
        task.placeOfAttribute('Agent'),
        `${nameDraft(task)} runs on Agent ${Agent} and ${nameDraft(job)} on Agent ${[...agents].join(', ')}: the tasks of a job run on one agent`,
      );
      continue;
    }
    agents.add(Agent);
  }
}

function checkConnection(
  task: Draft,
  connectorOf: ReadonlyMap<string, string | undefined>,
  findings: Findings,
): void {
  const { Connection, Connector } = task.attributes;
  if (Connection === undefined || Connector === undefined) return;
  const owner = connectorOf.get(Connection);
  if (owner === undefined || owner === Connector) return;
  addMistake(
    findings,
    task.placeOfAttribute('Connection'),
    `${nameDraft(task)} names Connection ${Connection}, which belongs to Connector ${owner}, and Connector ${Connector}: name the one that is meant`,
  );
}

/** A generated task may have the name of another one, which the files alone do not show. */
function checkGeneratedTasks(
  drafts: readonly TopDraft[],
  { elements }: Configuration,
  findings: Findings,
): void {
  const owners = new Map<string, ConfigurationElement>();
  for (const element of elements) {
    const tasks = isTask(element.kind)
      ? [element.identifier]
      : element.kind === 'Job'
        ? tasksAmong(element.children).map(({ attributes }) => attributes.Identifier ?? '')
        : [];
    for (const task of tasks) {
      const owner = owners.get(task.toLowerCase());
      owners.set(task.toLowerCase(), owner ?? element);
      const origin = element.origin ?? owner?.origin;
      if (owner === undefined || owner === element || origin === undefined) continue;
      const scaffolding = drafts.find((draft) => nameElement(draft) === origin);
      if (scaffolding === undefined) continue;
      addMistake(
        findings,
        scaffolding.place,
        `${origin} generates the task ${task}, and ${nameElement(element.origin === undefined ? element : owner)} has a task of this name: rename it or write another JobIdentifier`,
      );
    }
  }
}

/** The tasks that a task waits for, by identifier. */
type Dependencies = ReadonlyMap<string, readonly string[]>;

function checkCycles(drafts: readonly TopDraft[], configuration: Configuration, findings: Findings): void {
  const cycle = findCycle(dependenciesOf(configuration));
  if (cycle === undefined) return;
  const [first = ''] = cycle;
  addMistake(
    findings,
    placeOfTask(first, drafts, configuration),
    `the tasks ${[...cycle, first].join(' → ')} wait for each other, each for the next: take one TaskDependsOnTask out`,
  );
}

function dependenciesOf({ elements }: Configuration): Dependencies {
  const dependencies = new Map<string, string[]>();
  const add = (task: string, { children }: Pick<ChildElement, 'children'>): void => {
    const parents = children.flatMap(({ attributes }) => attributes.ParentTask ?? []);
    dependencies.set(task, [...(dependencies.get(task) ?? []), ...parents]);
  };
  for (const element of elements) {
    if (isTask(element.kind)) add(element.identifier, element);
    if (element.kind !== 'Job') continue;
    for (const task of element.children) {
      const identifier = task.attributes.Identifier ?? task.attributes.Task;
      if (identifier !== undefined) add(identifier, task);
    }
  }
  return dependencies;
}

/** A cycle as the tasks on it, each waiting for the next; without recursion, because chains may be long. */
function findCycle(dependencies: Dependencies): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of dependencies.keys()) {
    const trail: { task: string; next: number }[] = done.has(start) ? [] : [{ task: start, next: 0 }];
    const onTrail = new Set(trail.map(({ task }) => task));
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const parent = dependencies.get(top.task)?.[top.next];
      top.next += 1;
      if (parent === undefined) {
        done.add(top.task);
        onTrail.delete(top.task);
        trail.pop();
      } else if (onTrail.has(parent)) {
        const tasks = trail.map(({ task }) => task);
        return tasks.slice(tasks.indexOf(parent));
      } else if (!done.has(parent)) {
        trail.push({ task: parent, next: 0 });
        onTrail.add(parent);
      }
    }
  }
  return undefined;
}

/** Where a task stands, or the scaffolding that generated it. */
function placeOfTask(identifier: string, drafts: readonly TopDraft[], { elements }: Configuration): Place {
  const isIt = ({ attributes }: Pick<ChildElement, 'attributes'>) =>
    attributes.Identifier === identifier || attributes.Task === identifier;
  const inFiles = drafts.flatMap((draft) => [draft, ...draft.children]).find(isIt);
  if (inFiles !== undefined) return inFiles.place;
  const isOwner = (element: ConfigurationElement) =>
    element.identifier === identifier || element.children.some(isIt);
  const origin = elements.find(isOwner)?.origin;
  const scaffolding = drafts.find((draft) => nameElement(draft) === origin) ?? drafts[0];
  return scaffolding?.place ?? { file: '', at: 0, placeOf: () => ({ line: 1, column: 1 }) };
}
