// `syncline mapping`: a mapping as a file, and taking one away.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { writeMapping } from '../mapping/mapping-document.ts';
import { count } from '../model/number-words.ts';
import { recordAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { dropMappingJobs } from '../store/mapping-jobs.ts';
import { countLinks, deleteMapping, findDependents, type StoredMapping } from '../store/mappings.ts';
import { transact } from '../store/transaction.ts';
import { commandActor } from './command-actor.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { requireNamedMapping, sidesText } from './named-mapping.ts';
import { withDatabase } from './open-connection.ts';
import { writeTextFiles } from './text-files.ts';

type CommonOptions = Readonly<{ data?: string; json?: true }>;
type ExportOptions = CommonOptions & Readonly<{ output?: string; force?: true }>;
type DeleteOptions = CommonOptions & Readonly<{ dryRun?: true }>;

export function addMapping(program: Command): void {
  const group = program
    .command('mapping')
    .description('Write a mapping to a file, or delete one.')
    .option('--json', 'print one line of JSON at the end')
    .addHelpText(
      'after',
      "\nExample:\n  syncline mapping export 'Entra users' --output Conf/Mappings/users.json",
    );
  addCommon(group.command('export'))
    .description('Write a mapping as a file that deploys to the same.')
    .argument('<mapping>', 'name of the mapping')
    .option('--output <file>', 'where it goes (default: standard output)')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      "\nExample:\n  syncline mapping export 'Entra users' --output Conf/Mappings/users.json",
    )
    .action(exportMapping);
  addCommon(group.command('delete'))
    .description('Delete a mapping with its account links and jobs. Both sides stay as they are.')
    .argument('<mapping>', 'name of the mapping')
    .option('--dry-run', 'only show what would go')
    .addHelpText('after', "\nExample:\n  syncline mapping delete 'Entra users' --dry-run")
    .action(removeMapping);
}

function addCommon(command: Command): Command {
  return command
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end');
}

async function exportMapping(name: string, _options: ExportOptions, command: Command): Promise<void> {
  const options: ExportOptions = command.optsWithGlobals();
  await inDatabase(options, async ({ sql }) => {
    const { definition } = await requireNamedMapping(sql, name);
    const text = writeMapping(definition);
    if (options.output === undefined) return { json: definition, lines: text.trimEnd().split('\n') };
    const path = resolve(options.output);
    await writeTextFiles([{ path, text }], options.force);
    return { json: { file: path }, lines: [`Written: ${path}`] };
  });
}

async function removeMapping(name: string, _options: DeleteOptions, command: Command): Promise<void> {
  const options: DeleteOptions = command.optsWithGlobals();
  await inDatabase(options, async ({ sql }) => {
    const mapping = await requireNamedMapping(sql, name);
    const links = await countLinks(sql, mapping.mappingId);
    const what = `${mapping.name} (${sidesText(mapping.definition)})`;
    await refuseKept(sql, mapping);
    const json = { mapping: mapping.name, links, isDeleted: options.dryRun !== true };
    if (options.dryRun) {
      return {
        json,
        lines: [
          `${what} would go, with its two jobs and ${count(links, 'account link')}; both sides stay as they are.`,
        ],
      };
    }
    await remove(sql, mapping);
    return {
      json,
      lines: [
        `${what} was deleted, with its two jobs and ${count(links, 'account link')}; both sides stay as they are.`,
      ],
    };
  });
}

/** Throws a `Fault` for a mapping that files have the say about, or that others use. */
async function refuseKept(sql: Sql, { name, origin }: StoredMapping): Promise<void> {
  if (origin === 'configuration') {
    throw new Fault(
      'mapping-refused',
      `The mapping ${name} stands in the deployed configuration: remove its file, and deploy that.`,
    );
  }
  const dependents = await findDependents(sql, name);
  if (dependents.length > 0) throw inUse(name, dependents);
}

async function remove(sql: Sql, { name, version }: StoredMapping): Promise<void> {
  await transact(sql, async (transaction) => {
    const outcome = await deleteMapping(transaction, name, version);
    if (outcome.kind === 'in-use') throw inUse(name, outcome.mappings);
    if (outcome.kind !== 'deleted') {
      throw new Fault('mapping-refused', `The mapping ${name} was changed at this moment: try again.`);
    }
    await dropMappingJobs(transaction, [name]);
    await recordAudit(transaction, {
      actor: commandActor(),
      action: 'mapping.delete',
      subject: name,
      outcome: 'done',
      detail: { links: outcome.links },
    });
  });
}

function inUse(name: string, mappings: readonly string[]): Fault {
  return new Fault(
    'mapping-refused',
    `The mapping ${name} is named by ${mappings.join(', ')} and cannot be deleted: change those first.`,
  );
}

async function inDatabase(
  options: CommonOptions,
  work: (database: Database) => Promise<Conclusion>,
): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async ({ say }) =>
    withDatabase(config, { say, signal: new AbortController().signal }, work),
  );
}
