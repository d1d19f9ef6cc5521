// `syncline mappings`: which mappings there are and how each was reconciled last; and one with what it does.
import type { Command } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { renderSummary } from '../http/routes/mapping-parts.ts';
import { usualActions } from '../mapping/policies.ts';
import { actionWords, situationWords } from '../mapping/situation-words.ts';
import type {
  AttributeMapping,
  CorrelationRule,
  CorrelationTree,
  MappingDefinition,
} from '../model/mapping.ts';
import { count, group } from '../model/number-words.ts';
import { situations } from '../model/reconciliation.ts';
import { countLinks, readMappings, type StoredMapping } from '../store/mappings.ts';
import { readMappingPosition } from '../store/reconciliation-views.ts';
import { findLatestReconciliation, type StoredReconciliation } from '../store/reconciliations.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { factLines } from './facts.ts';
import { shortTimeText } from './local-time.ts';
import { requireNamedMapping, sidesText } from './named-mapping.ts';
import { withDatabase } from './open-connection.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type MappingsOptions = Readonly<{ data?: string; json?: true }>;

export function addMappings(program: Command): void {
  program
    .command('mappings')
    .description('Show the mappings and how each was reconciled last; or one with what it does.')
    .argument('[mapping]', 'name of a mapping, for its attributes, rules and account links')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 shown, 2 wrong usage or no such mapping, 1 the database cannot be used

Examples:
  syncline mappings
  syncline mappings 'Entra users'`,
    )
    .action(showMappings);
}

async function showMappings(name: string | undefined, options: MappingsOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }) =>
      name === undefined ? await allMappings(sql) : await oneMapping(sql, name),
    );
  });
}

async function allMappings(sql: Sql): Promise<Conclusion> {
  const mappings = await readMappings(sql);
  const last = await Promise.all(
    mappings.map(({ mappingId }) => findLatestReconciliation(sql, mappingId, { mayBeDry: false })),
  );
  const now = new Date();
  return {
    json: {
      mappings: mappings.map((mapping, index) => ({
        ...renderSummary(mapping),
        lastReconciliation: lastJson(last[index]),
      })),
    },
    lines:
      mappings.length === 0
        ? [
            'There is no mapping: make one in the console, or deploy a configuration with Mappings/*.json by "syncline deploy".',
          ]
        : tableLines(
            ['mapping', 'from → to', 'state', 'last run', 'ended'],
            mappings.map((mapping, index) => {
              const run = last[index];
              return [
                mapping.name,
                sidesText(mapping.definition),
                mapping.isEnabled ? 'on' : 'off',
                run?.state ?? 'never ran',
                run?.endedAt ? shortTimeText(run.endedAt, now) : '',
              ];
            }),
          ),
  };
}

function lastJson(run: StoredReconciliation | undefined): object | null {
  if (!run) return null;
  const { reconciliationId, mode, state, startedAt, endedAt } = run;
  return { reconciliationId, mode, state, startedAt, endedAt };
}

async function oneMapping(sql: Sql, name: string): Promise<Conclusion> {
  const mapping = await requireNamedMapping(sql, name);
  const { mappingId, definition, origin, application } = mapping;
  const [links, position, last] = await Promise.all([
    countLinks(sql, mappingId),
    readMappingPosition(sql, mappingId),
    findLatestReconciliation(sql, mappingId, { mayBeDry: false }),
  ]);
  return {
    json: {
      ...renderSummary(mapping),
      definition,
      accountLinks: links,
      retries: position.retries,
      lastReconciliation: lastJson(last),
    },
    lines: [
      mapping.name,
      ...factLines([
        ['Name', definition.displayName === mapping.name ? undefined : definition.displayName],
        ['For', definition.description === '' ? undefined : definition.description],
        ['From → to', sidesText(definition)],
        ['State', mapping.isEnabled ? 'on' : 'off'],
        ['Application', application?.name],
        ['From', originWords[origin]],
        ['Account links', definition.linksOf === undefined ? group(links) : `those of ${definition.linksOf}`],
        ['Scope', scopeText(definition)],
        ['Filter source', definition.filterSource],
        ['Filter target', definition.filterTarget],
        ['Last run', last && `${last.state}, run ${last.reconciliationId}`],
        ['Tried again', position.retries === 0 ? undefined : count(position.retries, 'failed pair')],
      ]),
      '',
      ...tableLines(['attribute', 'from', ''], definition.attributes.map(attributeCells)),
      ...section('Matched by', definition.correlation.map(ruleText)),
      '',
      ...tableLines(['situation', 'action', ''], policyCells(definition)),
    ],
  };
}

const originWords: Readonly<Record<StoredMapping['origin'], string>> = {
  configuration: 'the deployed configuration',
  console: 'the console',
  api: 'the API',
  command: 'the command line',
};

function scopeText({ scope, sourceCondition }: MappingDefinition): string | undefined {
  const parts = [
    scope.scopingFilter === undefined ? undefined : 'a scoping filter',
    scope.queryFilter,
    scope.expression,
    sourceCondition,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' and ');
}

function attributeCells({ target, source, condition, apply, ifEmpty }: AttributeMapping): readonly string[] {
  const notes = [
    apply === 'on-create' ? 'only when it is made' : '',
    ifEmpty === 'keep' ? 'kept when empty' : '',
    condition === undefined ? '' : `where ${condition}`,
  ];
  return [target, sourceText(source), notes.filter((note) => note !== '').join(', ')];
}

function sourceText(source: AttributeMapping['source']): string {
  switch (source.kind) {
    case 'attribute':
      return source.name;
    case 'constant':
      return JSON.stringify(source.value);
    case 'expression':
      return source.text;
    case 'reference':
      return `links ${source.link}`;
  }
}

function ruleText(rule: CorrelationRule): string {
  const what = 'match' in rule ? treeText(rule.match) : `${rule.attribute} = ${rule.expression}`;
  return `  ${what}${rule.qualifier === undefined ? '' : ` (only ${rule.qualifier})`}`;
}

function treeText(tree: CorrelationTree): string {
  if (typeof tree === 'string') return tree;
  const [word, members] = 'any' in tree ? ['or', tree.any] : ['and', tree.all];
  return members.map((one) => (typeof one === 'string' ? one : `(${treeText(one)})`)).join(` ${word} `);
}

/** Every situation with what is done about it: the policies in their order, then what is done where none decides. */
function policyCells({ policies }: MappingDefinition): readonly (readonly string[])[] {
  return situations.flatMap((situation) => {
    const own = policies.filter((policy) => policy.situation === situation);
    const cells = own.map(({ action, condition }) => [
      action,
      condition === undefined ? '' : `where ${condition}`,
    ]);
    const isDecided = own.some(({ condition }) => condition === undefined);
    const usual = isDecided ? [] : [[usualActions[situation], 'usually']];
    return [...cells, ...usual].map(([action = '', note = ''], index) => [
      index === 0 ? situationWords[situation].name : '',
      actionWords[action as keyof typeof actionWords].name,
      note,
    ]);
  });
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}
