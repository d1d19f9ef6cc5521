/** What deploying mappings does: held against both sides and all other mappings, compared with those that are there, and counted. */
import type { ISql } from 'postgres';
import { checkMapping } from '../mapping/check-mapping.ts';
import type { SideKnowledge } from '../mapping/known-names.ts';
import { writeMapping } from '../mapping/mapping-document.ts';
import type { MappingDefinition, ObjectSet } from '../model/mapping.ts';
import { count } from '../model/number-words.ts';
import { countLinks, readMappings, type StoredMapping } from '../store/mappings.ts';
import type { ConfigurationElement } from './configuration.ts';
import type { EngineConfiguration } from './engine-configuration.ts';
import { elementOfMapping } from './mapping-elements.ts';
import type { MappingFile } from './mapping-files.ts';
import { addMistake, addWarning, describeFindings, noFindings } from './mistakes.ts';

/** Finds out what objects of an entity type are made of once these connections are deployed. */
export type FindSide = (
  set: ObjectSet,
  connections: EngineConfiguration['connections'],
) => Promise<SideKnowledge>;

/** What is known of every entity type that files name, by `connection/type`. */
export type KnownSides = ReadonlyMap<string, SideKnowledge>;

export type MappingPlan = Readonly<{
  /** What is to be true afterwards of mappings that there are: changed, taken over, or both. */
  updates: readonly Readonly<{ stored: StoredMapping; definition: MappingDefinition; isAdopted: boolean }>[];
  creations: readonly MappingDefinition[];
  /** Those that no file names any more, with the account links that go with them. */
  deletions: readonly Readonly<{ stored: StoredMapping; links: number }>[];
  /** The mappings that the files are about, as they are and as they will be. */
  before: readonly MappingDefinition[];
  after: readonly MappingDefinition[];
  /** The same as elements, for telling the difference. */
  elements: Readonly<{ before: readonly ConfigurationElement[]; after: readonly ConfigurationElement[] }>;
  /** Each `file:line:column: sentence.`, or a sentence. */
  mistakes: readonly string[];
  warnings: readonly string[];
}>;

/** Asks about every entity type that these mappings name, each once. */
export async function learnSides(
  files: readonly MappingFile[],
  { connections }: Pick<EngineConfiguration, 'connections'>,
  findSide: FindSide | undefined,
): Promise<KnownSides> {
  const sets = new Map<string, ObjectSet>();
  for (const { definition } of files) {
    for (const set of [definition.source, definition.target]) sets.set(nameSet(set), set);
  }
  const sides = new Map<string, SideKnowledge>();
  for (const [name, set] of sets) {
    sides.set(name, findSide === undefined ? unspecified : await findSide(set, connections));
  }
  return sides;
}

const unspecified: SideKnowledge = { kind: 'unspecified' };

/** What deploying these files does to the mappings that there are, each of which is found by its name in any case. */
export async function planMappings(
  sql: ISql,
  files: readonly MappingFile[],
  sides: KnownSides,
): Promise<MappingPlan> {
  const stored = await readMappings(sql);
  const fileOf = new Map(files.map((file) => [file.definition.name.toLowerCase(), file]));
  const storedOf = new Map(stored.map((mapping) => [mapping.name.toLowerCase(), mapping]));
  const gone = stored.filter(
    ({ name, origin }) => origin === 'configuration' && !fileOf.has(name.toLowerCase()),
  );
  const kept = stored.filter((mapping) => !gone.includes(mapping));
  const touched = kept.filter(({ name }) => fileOf.has(name.toLowerCase()));
  const deletions = await Promise.all(
    gone.map(async (mapping) => ({ stored: mapping, links: await countLinks(sql, mapping.mappingId) })),
  );
  const updates = touched.flatMap((mapping) => {
    const definition = fileOf.get(mapping.name.toLowerCase())?.definition;
    const isAdopted = mapping.origin !== 'configuration';
    const isSame = definition && writeMapping(definition) === writeMapping(mapping.definition);
    return definition === undefined || (isSame && !isAdopted)
      ? []
      : [{ stored: mapping, definition, isAdopted }];
  });
  const before = [...touched, ...gone];
  const after = files.map(({ definition }) => definition);
  const saved = [
    ...kept.filter((mapping) => !touched.includes(mapping)).map(({ definition }) => definition),
    ...after,
  ];
  return {
    updates,
    creations: files.flatMap(({ definition }) =>
      storedOf.has(definition.name.toLowerCase()) ? [] : [definition],
    ),
    deletions,
    before: before.map(({ definition }) => definition),
    after,
    elements: {
      before: before.map(({ definition, origin }) => elementOfMapping(definition, ownerWords[origin])),
      after: after.map((definition) => elementOfMapping(definition, ownerWords.configuration)),
    },
    ...(await judge(sql, { files, sides, saved, touched, gone })),
  };
}

const ownerWords: Readonly<Record<StoredMapping['origin'], string>> = {
  configuration: 'files',
  console: 'console',
  api: 'API',
  command: 'command line',
};

type Judged = Readonly<{
  files: readonly MappingFile[];
  sides: KnownSides;
  /** Every mapping as it is afterwards. */
  saved: readonly MappingDefinition[];
  touched: readonly StoredMapping[];
  gone: readonly StoredMapping[];
}>;

async function judge(
  sql: ISql,
  { files, sides, saved, touched, gone }: Judged,
): Promise<Pick<MappingPlan, 'mistakes' | 'warnings'>> {
  const findings = noFindings();
  for (const { definition, placeOf } of files) {
    const { mistakes, warnings } = checkMapping(definition, {
      source: sides.get(nameSet(definition.source)) ?? unspecified,
      target: sides.get(nameSet(definition.target)) ?? unspecified,
      saved,
    });
    for (const mistake of mistakes) addMistake(findings, placeOf(mistake), mistake.message);
    for (const warning of warnings) addWarning(findings, placeOf(warning), warning.message);
    const before = touched.find(({ name }) => name.toLowerCase() === definition.name.toLowerCase());
    if (before === undefined || pairOf(before.definition) === pairOf(definition)) continue;
    const links = await countLinks(sql, before.mappingId);
    if (links === 0) continue;
    addMistake(
      findings,
      placeOf({ path: 'source' }),
      `The mapping ${before.name} has ${count(links, 'account link')} of ${pairOf(before.definition)}: make another mapping for another pair`,
    );
  }
  return {
    mistakes: [...describeFindings(findings.mistakes), ...stillNamed(saved, files, gone)],
    warnings: describeFindings(findings.warnings),
  };
}

/** Mappings that no file names any more, and that one that stays, and is none of the files, uses the account links of. */
function stillNamed(
  saved: readonly MappingDefinition[],
  files: readonly MappingFile[],
  gone: readonly StoredMapping[],
): readonly string[] {
  const own = new Set(files.map(({ definition }) => definition));
  return gone.flatMap(({ name }) => {
    const users = saved.filter((definition) => !own.has(definition) && namesMapping(definition, name));
    if (users.length === 0) return [];
    return `The mapping ${name} is in no file any more, and ${users.map((user) => user.name).join(', ')} uses its account links: change that first, or keep the file.`;
  });
}

function namesMapping({ linksOf, attributes }: MappingDefinition, name: string): boolean {
  const named = [
    linksOf,
    ...attributes.map(({ source }) => (source.kind === 'reference' ? source.mapping : undefined)),
  ];
  return named.some((one) => one?.toLowerCase() === name.toLowerCase());
}

function nameSet({ connection, type }: ObjectSet): string {
  return `${connection.toLowerCase()}/${type}`;
}

function pairOf({ source, target }: MappingDefinition): string {
  return `${nameSet(source)} and ${nameSet(target)}`;
}
