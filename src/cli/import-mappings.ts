// `syncline import-mappings`: mappings of OpenIDM and PingIDM as files of this product, with a report of what became of each part.
import { basename, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { writeMappings } from '../identity-manager/mapping-files.ts';
import { importSyncJson, managedObjectSets, type SyncImport } from '../mapping/sync-json.ts';
import type { ImportLine, ImportOutcome, ObjectSetTranslation } from '../mapping/sync-json-report.ts';
import { count } from '../model/number-words.ts';
import { conclude } from './conclusion.ts';
import { readJsonFile } from './mapping-input.ts';
import { writeTextFiles } from './text-files.ts';

/** By the names of the other product. */
type Translations = Readonly<Record<string, ObjectSetTranslation>>;

type ImportOptions = Readonly<{
  table: Readonly<Record<string, ObjectSetTranslation['objectSet']>>;
  attribute: Readonly<Record<string, Readonly<Record<string, string>>>>;
  output: string;
  dryRun?: true;
  force?: true;
  json?: true;
}>;

export function addImportMappings(program: Command): void {
  program
    .command('import-mappings')
    .description('Write mappings of OpenIDM or PingIDM (sync.json) as mapping files, with a report.')
    .argument('<file>', 'sync.json, or a document with one mapping; - reads standard input')
    .option(
      '--table <names>',
      'what an object set is here, such as system/AzureAd/User=Contoso/user; may stand several times',
      collectTable,
      {},
    )
    .option(
      '--attribute <names>',
      'what an attribute is called here, such as system/AzureAd/User:__NAME__=userPrincipalName; may stand several times',
      collectAttribute,
      {},
    )
    .option('--output <directory>', 'where the files go', 'Mappings')
    .option('--dry-run', 'only report')
    .option('--force', 'replace files that are there')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
managed/alpha_user and managed/alpha_group are the identities here, unless --table says otherwise.

Exit codes: 0 everything has an equivalent, 4 some parts have none, 2 no mapping can be imported or
  wrong usage, 1 the files cannot be written

Example:
  syncline import-mappings sync.json --table system/AzureAd/User=Contoso/user --output Conf/Mappings`,
    )
    .action(importMappings);
}

async function importMappings(file: string, options: ImportOptions): Promise<void> {
  const config = loadConfig({});
  await conclude(options, config, async () => {
    const imported = importSyncJson(readJsonFile(file), translationsOf(options));
    if (imported.mappings.length === 0) throw nothingImported(file, imported.report);
    const files = writeMappings(imported.mappings.map(({ definition }) => definition)).map(
      ({ name, path, text }) => ({ name, text, path: join(resolve(options.output), basename(path)) }),
    );
    if (!options.dryRun) await writeTextFiles(files, options.force);
    const left = imported.report.filter(({ outcome }) => outcome === 'left-out').length;
    const fault = new Fault(
      'import-incomplete',
      `${left === 1 ? 'One part has' : `${left} parts have`} no equivalent: read the report, and complete the mappings before they are deployed.`,
    );
    return {
      json: {
        isWritten: options.dryRun !== true,
        files: files.map(({ name, path }) => ({ mapping: name, path })),
        mappings: imported.mappings.map(({ path, definition, missing }) => ({
          path,
          name: definition.name,
          isEnabled: definition.isEnabled,
          missing,
        })),
        report: imported.report,
      },
      lines: [
        ...imported.report.flatMap(reportLines),
        '',
        ...imported.mappings.map(mappingLine),
        ...files.map(({ path }) => (options.dryRun ? `Would be written: ${path}` : `Written: ${path}`)),
        ...(options.dryRun
          ? []
          : ['Check them against what is exported with "syncline deploy" and --dry-run.']),
      ],
      ...(left === 0 ? {} : { fault }),
    };
  });
}

function translationsOf({ table, attribute }: ImportOptions): Translations {
  const named = Object.entries(table).map(([name, objectSet]) => [name, { objectSet }]);
  const sets: Translations = { ...managedObjectSets, ...Object.fromEntries(named) };
  const unknown = Object.keys(attribute).find((name) => !Object.hasOwn(sets, name));
  if (unknown !== undefined) {
    throw new Fault(
      'invalid-setting',
      `--attribute names ${unknown}, and nothing says what that is here: add --table ${unknown}=CONNECTION/TYPE.`,
    );
  }
  return Object.fromEntries(
    Object.entries(sets).map(([name, translation]) => [
      name,
      { ...translation, ...(attribute[name] === undefined ? {} : { attributes: attribute[name] }) },
    ]),
  );
}

function nothingImported(file: string, report: readonly ImportLine[]): Fault {
  const where = file === '-' ? 'standard input' : file;
  return new Fault(
    'mapping-refused',
    [`No mapping of ${where} can be imported:`, ...report.flatMap(reportLines)].join('\n'),
  );
}

const signs: Readonly<Record<ImportOutcome, string>> = {
  'taken-over': '✓',
  translated: '~',
  'without-effect': '·',
  'left-out': '✗',
};

function reportLines({ path, outcome, message, remedy }: ImportLine): string[] {
  return [
    `${signs[outcome]} ${path === '' ? '' : `${path}: `}${message}`,
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
  ];
}

function mappingLine({ definition, missing }: SyncImport['mappings'][number]): string {
  const { name, attributes, isEnabled } = definition;
  const rows = count(attributes.length, 'attribute');
  return isEnabled
    ? `${name}: ${rows}.`
    : `${name}: ${rows}; switched off, because it would do more than it did without ${missing.join(', ')}.`;
}

function collectTable(text: string, before: ImportOptions['table']): ImportOptions['table'] {
  const [, name, connection, type] = /^([^=]+)=([^=/]+)\/([^=/]+)$/.exec(text) ?? [];
  if (name === undefined || connection === undefined || type === undefined) {
    throw new InvalidArgumentError('Write it as system/AzureAd/User=Contoso/user.');
  }
  return { ...before, [name]: { connection, type } };
}

function collectAttribute(text: string, before: ImportOptions['attribute']): ImportOptions['attribute'] {
  const [, set, other, own] = /^([^=:]+):([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (set === undefined || other === undefined || own === undefined) {
    throw new InvalidArgumentError('Write it as system/AzureAd/User:__NAME__=userPrincipalName.');
  }
  return { ...before, [set]: { ...before[set], [other]: own } };
}
