/**
 * Deployment: a directory of files becomes what is deployed, in one transaction: elements, jobs with their schedules, API clients,
 * views and mappings. Whatever the files do not have any more is gone then.
 */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import { count } from '../model/number-words.ts';
import { replaceConfiguredClients } from '../store/api-clients.ts';
import { recordAudit } from '../store/audit.ts';
import {
  type Deployment,
  type ElementRow,
  lockDeployment,
  readDeployment,
  readElements,
  replaceElements,
} from '../store/configuration.ts';
import { rebuildViews } from '../store/identity-manager-views.ts';
import { readOverriddenJobs } from '../store/jobs.ts';
import { transact } from '../store/transaction.ts';
import {
  type ConfigurationDifference,
  compareConfigurations,
  isSameConfiguration,
} from './compare-configurations.ts';
import { type Configuration, type ConfigurationElement, elementsOf } from './configuration.ts';
import { clientsOf, strangers } from './deploy-clients.ts';
import { deployJobs, describeOverride } from './deploy-jobs.ts';
import { deployMappings, remarkMappings, requireDeployable } from './deploy-mappings.ts';
import {
  type EngineConfiguration,
  type TranslationOptions,
  toEngineConfiguration,
} from './engine-configuration.ts';
import { loosenedGuards } from './loosened-guards.ts';
import { mappingKind } from './mapping-elements.ts';
import type { MappingFile } from './mapping-files.ts';
import {
  type FindSide,
  type KnownSides,
  learnSides,
  type MappingPlan,
  planMappings,
} from './plan-mappings.ts';
import {
  type ConfigurationFile,
  type ConfigurationReading,
  readConfigurationDirectory,
  readConfigurationFiles,
} from './read-configuration.ts';

export type PreparedDeployment = Readonly<{
  configuration: Configuration;
  engine: EngineConfiguration;
  mappings: readonly MappingFile[];
  /** What is there and has no effect, each a sentence. */
  warnings: readonly string[];
}>;

export type PreparationOptions = TranslationOptions &
  Readonly<{
    /** Everything that keeps a source from exporting these entity types, one sentence each. */
    checkEntityTypes?: (entityTypes: readonly EntityType[]) => readonly string[];
  }>;

export type DeploymentOptions = Readonly<{
  deployedBy: string;
  now: Date;
  /** What both sides of mappings are made of; attributes are not checked where it is missing. */
  findSide?: FindSide;
  /** Whether mappings whose files are gone are deleted although account links go with them. */
  isForced?: boolean;
  /** What whoever deploys wants to be remembered, and the request that it came with, for the audit. */
  message?: string;
  requestId?: string;
  address?: string;
  /** Hashes that are used instead of those of the configuration, by client (Identity Manager: appsettings, OpenIdClients). */
  hashedSecrets?: ReadonlyMap<string, string>;
}>;

export type DeploymentResult = Readonly<{
  revision: number;
  difference: ConfigurationDifference;
  warnings: readonly string[];
  /** What was done, in a sentence. */
  summary: string;
}>;

/**
 * Reads a directory and translates it. Throws a `Fault` with code `configuration-refused` and every mistake, a line each, with
 * file, line and column.
 */
export function prepareDeployment(directory: string, options: PreparationOptions = {}): PreparedDeployment {
  const reading = readConfigurationDirectory(directory);
  if (reading.kind === 'refused') {
    throw new Fault(
      'configuration-refused',
      `The configuration in ${directory} cannot be deployed, and nothing was changed:\n${reading.mistakes.join('\n')}`,
    );
  }
  return prepare(reading, options);
}

export type FilesPreparation =
  | Readonly<{ kind: 'prepared'; prepared: PreparedDeployment }>
  /** Each `file:line:column: sentence.` */
  | Readonly<{ kind: 'refused'; mistakes: readonly string[]; warnings: readonly string[] }>;

/** The same of files that are there already. `deployed` has the hashes that files may leave as they are. */
export function prepareFiles(
  files: readonly ConfigurationFile[],
  deployed: Configuration,
  options: PreparationOptions = {},
): FilesPreparation {
  const hashes = elementsOf(deployed, 'OpenIdClient').map(({ identifier, attributes }): [string, string] => [
    identifier.toLowerCase(),
    attributes.HashedSecret ?? '',
  ]);
  const reading = readConfigurationFiles(files, new Map(hashes));
  if (reading.kind === 'refused') return reading;
  return { kind: 'prepared', prepared: prepare(reading, options) };
}

function prepare(
  reading: Extract<ConfigurationReading, { kind: 'configuration' }>,
  options: PreparationOptions,
): PreparedDeployment {
  const { engine, warnings } = toEngineConfiguration(reading.configuration, options);
  const unexportable = engine.connections.flatMap(({ name, entityTypes }) =>
    (options.checkEntityTypes?.(entityTypes) ?? []).map(
      (problem) => `Connection ${name} cannot be exported as it is mapped: ${problem}`,
    ),
  );
  return {
    configuration: reading.configuration,
    engine,
    mappings: reading.mappings,
    warnings: [...reading.warnings, ...warnings, ...unexportable],
  };
}

/** A difference with what a deployment says of its mappings; those with mistakes cannot be deployed. */
export type DeploymentPreview = Readonly<{ difference: ConfigurationDifference; mappings: MappingPlan }>;

/** What a deployment would change. */
export async function previewDeployment(
  sql: Sql,
  prepared: PreparedDeployment,
  findSide?: FindSide,
): Promise<DeploymentPreview> {
  const { engine, mappings } = prepared;
  return await preview(sql, prepared, await learnSides(mappings, engine, findSide));
}

async function preview(
  sql: ISql,
  { configuration, mappings: files }: PreparedDeployment,
  sides: KnownSides,
): Promise<DeploymentPreview> {
  const mappings = await planMappings(sql, files, sides);
  const deployed = deployedFrom(await readElements(sql));
  return {
    difference: compareConfigurations(
      { elements: [...deployed.elements, ...mappings.elements.before] },
      { elements: [...configuration.elements, ...mappings.elements.after] },
    ),
    mappings,
  };
}

/** Deploys; nothing at all is changed where it throws. */
export async function deploy(
  sql: Sql,
  prepared: PreparedDeployment,
  options: DeploymentOptions,
): Promise<DeploymentResult> {
  const sides = await learnSides(prepared.mappings, prepared.engine, options.findSide);
  return await transact(sql, async (transaction) => {
    await lockDeployment(transaction);
    return await replaceDeployment(transaction, prepared, sides, options);
  });
}

export type DeploymentOutcome =
  | Readonly<{ kind: 'deployed'; result: DeploymentResult }>
  /** Something else was deployed since that revision, and nothing was changed. */
  | Readonly<{ kind: 'outdated'; deployment: Deployment }>;

/** Deploys in the place of this revision and of no other; 0 stands for nothing at all. */
export async function deployOver(
  sql: Sql,
  revision: number,
  prepared: PreparedDeployment,
  options: DeploymentOptions,
): Promise<DeploymentOutcome> {
  const sides = await learnSides(prepared.mappings, prepared.engine, options.findSide);
  return await transact(sql, async (transaction) => {
    await lockDeployment(transaction);
    const deployment = await readDeployment(transaction);
    if (deployment !== undefined && deployment.revision !== revision) return { kind: 'outdated', deployment };
    return { kind: 'deployed', result: await replaceDeployment(transaction, prepared, sides, options) };
  });
}

async function replaceDeployment(
  sql: TransactionSql,
  prepared: PreparedDeployment,
  sides: KnownSides,
  options: DeploymentOptions,
): Promise<DeploymentResult> {
  const { configuration, engine } = prepared;
  const { deployedBy, now, hashedSecrets, isForced = false, requestId = null, address = null } = options;
  const before = (await readDeployment(sql))?.engine as EngineConfiguration | undefined;
  const { difference, mappings } = await preview(sql, prepared, sides);
  requireDeployable(mappings, { isForced });
  if (!isForced) requireElements(configuration, difference);
  const rows = configuration.elements.map((element): ElementRow => {
    const { kind, identifier, ...content } = element;
    return { kind, identifier, content };
  });
  const revision = await replaceElements(sql, rows, { engine, deployedBy });
  const taken = await deployJobs(sql, engine, now);
  const overridden = await readOverriddenJobs(sql, 'configuration');
  const clients = await replaceConfiguredClients(sql, clientsOf(engine, hashedSecrets), deployedBy);
  const unviewed = await rebuildViews(sql, engine);
  await deployMappings(sql, mappings, { deployedBy, isForced, requestId, address });
  const warnings = [
    ...prepared.warnings,
    ...mappings.warnings,
    ...remarkMappings(mappings),
    ...taken.map(
      (name) => `Job ${name} has the name of a job that follows a connection: rename it, it was left out.`,
    ),
    ...overridden.map(describeOverride),
    ...clients.taken.map(
      (name) => `OpenIdClient ${name} was made by hand before and stays as it is: revoke it first.`,
    ),
    ...unviewed.map(
      (name) =>
        `EntityType ${name} has the name of another view: rename it, it was given no view of its own.`,
    ),
    ...strangers(engine, hashedSecrets).map(
      (name) =>
        `OpenIdClients of the settings has a hash for ${name}, which is no OpenIdClient of the configuration: correct the name, it was not used.`,
    ),
  ];
  await recordAudit(sql, {
    actor: deployedBy,
    action: 'configuration.deploy',
    subject: 'configuration',
    outcome: 'done',
    detail: {
      revision,
      added: difference.added.length,
      changed: difference.changed.length,
      removed: difference.removed.length,
      loosenedGuards: loosenedGuards(before, engine).length,
      message: options.message ?? null,
    },
    requestId,
    address,
  });
  return { revision, difference, warnings, summary: summaryOf(difference) };
}

/** Whoever names a folder with nothing but mappings hardly wants all jobs and connectors gone. */
function requireElements({ elements }: Configuration, { removed }: ConfigurationDifference): void {
  const others = removed.filter(({ kind }) => kind !== mappingKind);
  if (elements.length > 0 || others.length === 0) return;
  throw new Fault(
    'removal-unconfirmed',
    `The files are mappings only, and ${count(others.length, 'deployed element')} would be removed: add the .xml files, or deploy with --force.`,
  );
}

/** Reads a directory and deploys it, as the task does it. */
export async function deployDirectory(
  sql: Sql,
  directory: string,
  options: DeploymentOptions & PreparationOptions,
): Promise<DeploymentResult> {
  return await deploy(sql, prepareDeployment(directory, options), options);
}

/** What is deployed, as its files said it. */
export async function readDeployed(sql: Sql): Promise<Configuration> {
  return deployedFrom(await readElements(sql));
}

/** Stored elements as a configuration. */
export function deployedFrom(rows: readonly ElementRow[]): Configuration {
  return {
    elements: rows.map(({ kind, identifier, content }) => ({
      kind,
      identifier,
      ...(content as Omit<ConfigurationElement, 'kind' | 'identifier'>),
    })),
  };
}

function summaryOf(difference: ConfigurationDifference): string {
  if (isSameConfiguration(difference)) return 'Nothing has changed: what the files say is deployed.';
  const { added, removed, changed } = difference;
  return `Deployed: ${count(added.length, 'element')} added, ${changed.length} changed, ${removed.length} removed.`;
}
