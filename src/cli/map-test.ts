// `syncline map-test`: what a mapping, or one expression, would give for resources of its source. Nothing is changed.
import { type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { type Config, loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { evaluateTrial, prepareTrial, type Trial, type TriedResource } from '../http/routes/mapping-trial.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { hint } from '../model/nearest-name.ts';
import {
  findStoredSet,
  readFirstResources,
  readResourcesByKey,
  type SampleResource,
} from '../store/mapping-samples.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { testExpression } from './expression-test.ts';
import { readMappingOfFile, readObjects } from './mapping-input.ts';
import { refuseMapping } from './mapping-mistakes.ts';
import { openMappingSides } from './mapping-sides.ts';
import { trialLines } from './mapping-trial-lines.ts';
import { requireNamedMapping } from './named-mapping.ts';
import { wholeNumber } from './number-option.ts';
import { withDatabase } from './open-connection.ts';
import { abortOnStop } from './stop-signal.ts';

type MapTestOptions = Readonly<{
  file?: string;
  id?: readonly string[];
  sample?: number;
  object?: string;
  row?: readonly string[];
  expression?: string;
  verbose?: true;
  settings?: string;
  data?: string;
  json?: true;
}>;

const usualSample = 3;

export function addMapTest(program: Command): void {
  program
    .command('map-test')
    .description('Show what a mapping, or an expression, would give for resources of the source.')
    .argument('[mapping]', 'name of the mapping; not needed with --file, or with --expression and --object')
    .addOption(new Option('--file <file>', 'a mapping as a file, saved or not'))
    .addOption(
      new Option('--id <key...>', 'resources of the source by their keys').conflicts(['sample', 'object']),
    )
    .addOption(
      new Option('--sample <number>', `so many resources of the source (default: ${usualSample})`)
        .argParser(wholeNumber(1, 1000))
        .conflicts(['object']),
    )
    .option('--object <file>', 'attributes as JSON, an object or a list of some; - reads standard input')
    .option('--row <attribute...>', 'only these attributes of the target')
    .addOption(
      new Option('--expression <text>', 'an expression instead of the mapping').conflicts(['row', 'file']),
    )
    .option('--verbose', 'with the value of each part of the expressions')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 every value was found, 4 some failed, 2 a mistake in the mapping, the expression or
  the options, 1 the database cannot be used

Examples:
  syncline map-test 'Entra users' --sample 10
  syncline map-test --expression 'Join(" ", [givenName], [surname])' --object ada.json --verbose`,
    )
    .action(mapTest);
}

async function mapTest(name: string | undefined, options: MapTestOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const objects = options.object === undefined ? undefined : readObjects(options.object);
    const saved = options.file === undefined ? undefined : readMappingOfFile(options.file);
    if (name !== undefined && saved !== undefined) {
      throw new Fault('invalid-setting', 'Name a mapping or give --file, and not both.');
    }
    const isTraced = options.verbose === true;
    if (options.expression !== undefined && name === undefined) {
      const tried = (objects ?? [{}]).map((attributes) => ({ key: null, attributes }));
      return testExpression(options.expression, tried, isTraced);
    }
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async (database) => {
      const definition = saved ?? (await requireMapping(database.sql, name)).definition;
      if (options.expression !== undefined) {
        const tried = await findTried(database.sql, definition, options, objects);
        return testExpression(options.expression, tried, isTraced);
      }
      return await testMapping({ config, sql: database.sql, definition, options, objects });
    });
  });
}

async function requireMapping(sql: Sql, name: string | undefined) {
  if (name !== undefined) return await requireNamedMapping(sql, name);
  throw new Fault(
    'invalid-setting',
    'There is nothing to test: name a mapping, or give --file, or --expression with --object.',
  );
}

type Test = Readonly<{
  config: Config;
  sql: Sql;
  definition: MappingDefinition;
  options: MapTestOptions;
  objects: readonly SampleResource['attributes'][] | undefined;
}>;

async function testMapping({ config, sql, definition, options, objects }: Test): Promise<Conclusion> {
  const trial = await prepare(config, sql, definition, options.row);
  const tried = await findTried(sql, definition, options, objects);
  const isTraced = options.verbose === true;
  const evaluated = await evaluateTrial(sql, trial, tried, { now: () => new Date(), isTraced });
  const failed = evaluated
    .flatMap(({ rows }) => rows)
    .filter(({ outcome }) => outcome.kind === 'failed').length;
  const fault = new Fault(
    'values-missing',
    `${failed === 1 ? 'One value' : `${failed} values`} of ${definition.name} could not be found: correct the expression, or the attributes that it reads.`,
  );
  return {
    json: { mapping: definition.name, objects: evaluated },
    lines: evaluated.flatMap((one) => trialLines(one, definition)),
    ...(failed === 0 ? {} : { fault }),
  };
}

async function prepare(
  config: Config,
  sql: Sql,
  definition: MappingDefinition,
  targets: readonly string[] | undefined,
): Promise<Trial> {
  const side = await openMappingSides(config, { sql }).findSide(definition.target);
  const prepared = prepareTrial(definition, side, targets && rowsOf(definition, targets));
  if (prepared.kind === 'ready') return prepared.trial;
  throw refuseMapping(definition, prepared.mistakes);
}

/** The places of all rows of these attributes. */
function rowsOf({ attributes, name }: MappingDefinition, targets: readonly string[]): readonly number[] {
  return targets.flatMap((wanted) => {
    const places = attributes.flatMap(({ target }, place) => (target === wanted ? place : []));
    if (places.length > 0) return places;
    const known = attributes.map(({ target }) => target);
    throw new Fault(
      'invalid-setting',
      `The mapping ${name} has no row for ${JSON.stringify(wanted)}${hint(wanted, known)}: it sets ${known.join(', ') || 'nothing'}.`,
    );
  });
}

/** What is tested on: attributes that were given, or resources that are stored. */
async function findTried(
  sql: Sql,
  { source }: MappingDefinition,
  { id, sample = usualSample }: MapTestOptions,
  objects: Test['objects'],
): Promise<readonly TriedResource[]> {
  if (objects !== undefined) return objects.map((attributes) => ({ key: null, attributes }));
  const name = `${source.connection}/${source.type}`;
  const set = await findStoredSet(sql, source);
  const found =
    set === undefined
      ? []
      : id === undefined
        ? await readFirstResources(sql, set, sample)
        : await readResourcesByKey(sql, set, id);
  if (found.length === 0 && id === undefined) {
    throw new Fault(
      'invalid-setting',
      `Nothing of ${name} is stored: synchronize ${source.connection} first, or give --object.`,
    );
  }
  const missing = id?.find((key) => found.every((resource) => resource.key !== key));
  if (missing !== undefined) {
    throw new Fault('invalid-setting', `${name} has no resource with the key ${JSON.stringify(missing)}.`);
  }
  return found;
}
