/** What deploying would do, told so that a person can decide: changes by element, limits that loosen, schedules in words, and the text. */
import type { Sql } from 'postgres';
import { describeMapping } from '../model/entity-type.ts';
import { describeSchedule, nextRuns, readSchedule } from '../schedule/schedule.ts';
import { readDeployed } from '../store/configuration.ts';
import { type ChildChange, type ElementChange, nameChild } from './compare-configurations.ts';
import { type ConfigurationElement, displayNameOf } from './configuration.ts';
import { remarkMappings } from './deploy-mappings.ts';
import {
  deployedFrom,
  type PreparationOptions,
  type PreparedDeployment,
  prepareFiles,
  previewDeployment,
} from './deployment.ts';
import type { EngineConfiguration } from './engine-configuration.ts';
import { hideSecrets } from './hidden-secrets.ts';
import { isLoosened, type LoosenedGuard, loosenedGuards } from './loosened-guards.ts';
import { writeMappings } from './mapping-files.ts';
import type { FindSide } from './plan-mappings.ts';
import type { ConfigurationFile } from './read-configuration.ts';
import { compareLines, type DifferenceHunk, hunksOf } from './text-difference.ts';
import { type WrittenFile, writeConfiguration } from './write-xml.ts';

export type DeploymentPlan = Readonly<{
  /** What it is a plan against; 0 where nothing is deployed. */
  revision: number;
  /** What keeps the files from being deployed, each `file:line:column: sentence.`; nothing else is told then but warnings. */
  mistakes: readonly string[];
  warnings: readonly string[];
  changes: readonly PlannedChange[];
  loosenedGuards: readonly LoosenedGuard[];
  schedules: readonly ScheduleChange[];
  /** Entity types whose mapping changes: they are read in full next time. */
  rereads: readonly Readonly<{ connection: string; entityTypes: readonly string[] }>[];
  /** Mappings that go with account links, which a deployment has to be told to do. */
  lostLinks: readonly Readonly<{ mapping: string; links: number }>[];
  /** What clients may do afterwards that they may not do now. */
  grants: readonly Readonly<{ client: string; permissions: readonly string[] }>[];
  files: readonly FileDifference[];
  /** Whether files differ in more lines than `files` has. */
  isCut: boolean;
}>;

export type PlannedChange = Readonly<{
  operation: 'added' | 'changed' | 'removed';
  kind: string;
  identifier: string;
  displayName: string;
  origin: string | null;
  isLoosened: boolean;
  details: readonly ChangeDetail[];
}>;

export type ChangeDetail = Readonly<{
  operation: 'added' | 'changed' | 'removed' | 'reordered';
  /** Where in the element: names of children from the outermost on; empty for the element itself. */
  place: string;
  attribute: string | null;
  /** Null where there is none, or the default. */
  before: string | null;
  after: string | null;
}>;

export type ScheduleChange = Readonly<{
  job: string;
  /** In words; null where there is none. */
  before: string | null;
  after: string | null;
  /** The next times of the new one, ISO 8601. */
  nextRuns: readonly string[];
}>;

export type FileDifference = Readonly<{
  path: string;
  added: number;
  removed: number;
  hunks: readonly DifferenceHunk[];
}>;

/** More than that nobody reads in a browser. */
const mostDetails = 100;
const mostLines = 5000;
const shownRuns = 3;

/** What deploying these files in the place of what is deployed would do; and what is to be deployed then, where it can be. */
export async function planDeployment(
  sql: Sql,
  files: readonly ConfigurationFile[],
  now: Date,
  { findSide, ...options }: PreparationOptions & Readonly<{ findSide?: FindSide }> = {},
): Promise<Readonly<{ plan: DeploymentPlan; prepared: PreparedDeployment | undefined }>> {
  const { deployment, elements } = await readDeployed(sql);
  const deployed = deployedFrom(elements);
  const revision = deployment?.revision ?? 0;
  const preparation = prepareFiles(files, deployed, options);
  if (preparation.kind === 'refused') {
    const { mistakes, warnings } = preparation;
    return { plan: { ...nothingToDo, revision, mistakes, warnings }, prepared: undefined };
  }
  const { prepared } = preparation;
  const before = deployment?.engine as EngineConfiguration | undefined;
  const { engine, configuration } = prepared;
  const { difference, mappings } = await previewDeployment(sql, prepared, findSide);
  const warnings = [...prepared.warnings, ...mappings.warnings, ...remarkMappings(mappings)];
  if (mappings.mistakes.length > 0) {
    return { plan: { ...nothingToDo, revision, mistakes: mappings.mistakes, warnings }, prepared: undefined };
  }
  const { added, changed, removed } = difference;
  const plan: DeploymentPlan = {
    revision,
    mistakes: [],
    warnings,
    changes: [
      ...removed.map((element) => whole('removed', element)),
      ...added.map((element) => whole('added', element)),
      ...changed.map(describeChange),
    ],
    loosenedGuards: loosenedGuards(before, engine),
    schedules: scheduleChanges(before, engine, now),
    rereads: rereadsOf(before, engine),
    lostLinks: mappings.deletions.flatMap(({ stored, links }) =>
      links === 0 ? [] : { mapping: stored.name, links },
    ),
    grants: grantsOf(before, engine),
    ...compareTexts(
      [
        ...writeConfiguration({ elements: hideSecrets(deployed.elements) }),
        ...writeMappings(mappings.before),
      ],
      [
        ...writeConfiguration({ elements: hideSecrets(configuration.elements, deployed.elements) }),
        ...writeMappings(mappings.after),
      ],
    ),
  };
  return { plan, prepared };
}

const nothingToDo = {
  changes: [],
  loosenedGuards: [],
  schedules: [],
  rereads: [],
  lostLinks: [],
  grants: [],
  files: [],
  isCut: false,
} as const;

function whole(operation: 'added' | 'removed', element: ConfigurationElement): PlannedChange {
  return { operation, ...nameOf(element), isLoosened: false, details: [] };
}

function describeChange({ element, attributes, children }: ElementChange): PlannedChange {
  const details = [
    ...attributes.map((change) => detailOf('', change)),
    ...children.flatMap((change) => detailsOf(change, '')),
  ];
  return {
    operation: 'changed',
    ...nameOf(element),
    isLoosened: attributes.some((change) => isLoosened(element.kind, change)),
    details: details.slice(0, mostDetails),
  };
}

function nameOf(element: ConfigurationElement) {
  const { kind, identifier, origin = null } = element;
  return { kind, identifier, displayName: displayNameOf(element), origin };
}

/** A hash is no secret, and still nothing to hand around. */
function detailOf(place: string, { name, before, after }: ElementChange['attributes'][number]): ChangeDetail {
  const isHidden = name === 'HashedSecret';
  return {
    operation: 'changed',
    place,
    attribute: name,
    before: isHidden ? null : (before ?? null),
    after: isHidden ? null : (after ?? null),
  };
}

function detailsOf(change: ChildChange, above: string): readonly ChangeDetail[] {
  const nothing = { attribute: null, before: null, after: null };
  if (change.kind === 'reordered') return [{ operation: 'reordered', place: above, ...nothing }];
  const place = above === '' ? nameChild(change.child) : `${above}, ${nameChild(change.child)}`;
  if (change.kind !== 'changed') return [{ operation: change.kind, place, ...nothing }];
  return [
    ...change.attributes.map((attribute) => detailOf(place, attribute)),
    ...change.children.flatMap((child) => detailsOf(child, place)),
  ];
}

function scheduleChanges(
  before: EngineConfiguration | undefined,
  after: EngineConfiguration,
  now: Date,
): readonly ScheduleChange[] {
  const schedules = ({ jobs }: EngineConfiguration) =>
    new Map(jobs.map((job) => [job.identifier, scheduleOf(job)]));
  const old = before === undefined ? new Map<string, undefined>() : schedules(before);
  const fresh = schedules(after);
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((job) => {
    const [one, other] = [old.get(job), fresh.get(job)];
    if (one?.expression === other?.expression && one?.timeZone === other?.timeZone) return [];
    const next = other === undefined ? [] : nextRuns(other, now, shownRuns);
    const words = (schedule: typeof one) => (schedule === undefined ? null : describeSchedule(schedule));
    return { job, before: words(one), after: words(other), nextRuns: next.map((at) => at.toISOString()) };
  });
}

function scheduleOf({ schedule, timeZone }: EngineConfiguration['jobs'][number]) {
  const reading = schedule === null ? undefined : readSchedule(schedule, timeZone);
  return reading?.kind === 'schedule' ? reading.schedule : undefined;
}

function rereadsOf(
  before: EngineConfiguration | undefined,
  after: EngineConfiguration,
): DeploymentPlan['rereads'] {
  const old = new Map(before?.connections.map((connection) => [connection.name.toLowerCase(), connection]));
  return after.connections.flatMap(({ name, entityTypes }) => {
    const previous = old.get(name.toLowerCase())?.entityTypes ?? [];
    const mappings = new Set(previous.map((type) => `${type.name} ${describeMapping(type, previous)}`));
    const others = entityTypes.filter(
      (type) => !mappings.has(`${type.name} ${describeMapping(type, entityTypes)}`),
    );
    return others.length === 0 ? [] : { connection: name, entityTypes: others.map((type) => type.name) };
  });
}

/** A client with another secret is another client. */
function grantsOf(
  before: EngineConfiguration | undefined,
  after: EngineConfiguration,
): DeploymentPlan['grants'] {
  return after.clients.flatMap(({ clientId, hashedSecret, profile }) => {
    const same = before?.clients.find(
      (client) =>
        client.clientId.toLowerCase() === clientId.toLowerCase() && client.hashedSecret === hashedSecret,
    );
    const held = new Set(same === undefined ? [] : before?.permissions[same.profile]);
    const permissions = (after.permissions[profile] ?? []).filter((path) => !held.has(path));
    return permissions.length === 0 ? [] : { client: clientId, permissions };
  });
}

function compareTexts(
  before: readonly WrittenFile[],
  after: readonly WrittenFile[],
): Pick<DeploymentPlan, 'files' | 'isCut'> {
  const linesOf = (files: readonly WrittenFile[]) =>
    new Map(files.map(({ path, text }) => [path, text.trimEnd().split('\n')]));
  const old = linesOf(before);
  const fresh = linesOf(after);
  let left = mostLines;
  let isCut = false;
  const files = [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((path): FileDifference[] => {
    const lines = compareLines(old.get(path) ?? [], fresh.get(path) ?? []);
    const count = (kind: 'added' | 'removed') => lines.filter((line) => line.kind === kind).length;
    const [added, removed] = [count('added'), count('removed')];
    if (added + removed === 0) return [];
    const hunks: DifferenceHunk[] = [];
    for (const hunk of hunksOf(lines)) {
      if (hunk.length > left) isCut = true;
      if (left > 0) hunks.push(hunk.slice(0, left));
      left = Math.max(left - hunk.length, 0);
    }
    return [{ path, added, removed, hunks }];
  });
  return { files, isCut };
}
