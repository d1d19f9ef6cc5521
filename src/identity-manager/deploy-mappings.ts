/** Does what a plan says about mappings, with their jobs and the audit, within the transaction of a deployment. */
import type { TransactionSql } from 'postgres';
import { Fault } from '../errors.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { count } from '../model/number-words.ts';
import { recordAudit } from '../store/audit.ts';
import { adoptMapping } from '../store/deployed-mappings.ts';
import { dropMappingJobs, ensureMappingJobs, renameMappingJobs } from '../store/mapping-jobs.ts';
import { createMapping, deleteMapping, updateMapping } from '../store/mappings.ts';
import type { MappingPlan } from './plan-mappings.ts';

export type MappingDeployment = Readonly<{
  deployedBy: string;
  /** Whether mappings are deleted although account links go with them. */
  isForced: boolean;
  requestId: string | null;
  address: string | null;
}>;

/** Refuses what a plan may not do: mappings with mistakes, and account links that go without anybody having said so. */
export function requireDeployable(
  { mistakes, deletions }: MappingPlan,
  { isForced }: Pick<MappingDeployment, 'isForced'>,
): void {
  if (mistakes.length > 0) {
    throw new Fault(
      'configuration-refused',
      `The mappings cannot be deployed, and nothing was changed:\n${mistakes.join('\n')}`,
    );
  }
  const [first, ...others] = deletions.filter(({ links }) => links > 0);
  if (first === undefined || isForced) return;
  const more = others.length === 0 ? '' : `, and ${count(others.length, 'other mapping')} with links, too`;
  throw new Fault(
    'removal-unconfirmed',
    `The mapping ${first.stored.name} is in no file any more and would be deleted with its ${count(first.links, 'account link')}${more}: put the file back, or deploy with --force.`,
  );
}

/** What a deployment says of mappings that it takes over or deletes, a sentence each. */
export function remarkMappings({ updates, deletions }: MappingPlan): readonly string[] {
  return [
    ...updates.flatMap(({ stored, isAdopted }) =>
      isAdopted
        ? `Mapping ${stored.name} was made in the ${stored.origin === 'console' ? 'console' : 'API or by a command'}: its file has the say from now on, and its account links stay.`
        : [],
    ),
    ...deletions.flatMap(({ stored, links }) =>
      links === 0
        ? []
        : `Mapping ${stored.name} goes with its ${count(links, 'account link')}; what it has reconciled stays on both sides.`,
    ),
  ];
}

/** Brings the mappings in line. Throws a `Fault` where a job of another kind has the name that one of a mapping needs. */
export async function deployMappings(
  sql: TransactionSql,
  plan: MappingPlan,
  deployment: MappingDeployment,
): Promise<void> {
  const { deployedBy } = deployment;
  for (const definition of plan.creations) {
    const made = await createMapping(sql, {
      definition,
      applicationId: null,
      origin: 'configuration',
      createdBy: deployedBy,
    });
    if (made === undefined) throw changedMeanwhile(definition.name);
    await ensureJobs(sql, definition);
    await audit(sql, deployment, 'mapping.create', definition.name, {});
  }
  for (const { stored, definition, isAdopted } of plan.updates) {
    const outcome = await updateMapping(sql, stored.name, stored.version, {
      definition,
      changedBy: deployedBy,
    });
    if (outcome.kind !== 'updated') throw changedMeanwhile(stored.name);
    if (isAdopted) await adoptMapping(sql, stored.mappingId);
    refuseTaken(await renameMappingJobs(sql, stored.name, definition.name), definition.name);
    await ensureJobs(sql, definition);
    await audit(sql, deployment, 'mapping.update', definition.name, { isAdopted });
  }
  // Now that nothing uses their account links any more.
  await deleteAll(sql, plan.deletions, deployment);
}

/** One that uses the links of another goes before it. */
async function deleteAll(
  sql: TransactionSql,
  deletions: MappingPlan['deletions'],
  deployment: MappingDeployment,
): Promise<void> {
  let left = deletions;
  while (left.length > 0) {
    const used: (typeof deletions)[number][] = [];
    for (const deletion of left) {
      const { name, version } = deletion.stored;
      const outcome = await deleteMapping(sql, name, version);
      if (outcome.kind === 'in-use') used.push(deletion);
      else if (outcome.kind !== 'deleted') throw changedMeanwhile(name);
      else {
        await dropMappingJobs(sql, [name]);
        await audit(sql, deployment, 'mapping.delete', name, { links: outcome.links });
      }
    }
    const [first] = used;
    if (first !== undefined && used.length === left.length) throw changedMeanwhile(first.stored.name);
    left = used;
  }
}

async function ensureJobs(sql: TransactionSql, definition: MappingDefinition): Promise<void> {
  refuseTaken(await ensureMappingJobs(sql, definition), definition.name);
}

function refuseTaken(identifiers: readonly string[], name: string): void {
  if (identifiers.length === 0) return;
  throw new Fault(
    'configuration-refused',
    `The mapping ${name} cannot be deployed, because there are other jobs under the names of its own (${identifiers.join(', ')}): give one of them another name.`,
  );
}

function changedMeanwhile(name: string): Fault {
  return new Fault(
    'configuration-refused',
    `The mapping ${name} was changed by somebody else at this moment, and nothing was deployed: deploy again.`,
  );
}

async function audit(
  sql: TransactionSql,
  { deployedBy, requestId, address }: MappingDeployment,
  action: string,
  subject: string,
  detail: Readonly<Record<string, number | boolean>>,
): Promise<void> {
  await recordAudit(sql, {
    actor: deployedBy,
    action,
    subject,
    outcome: 'done',
    detail: { ...detail, isDeployment: true },
    requestId,
    address,
  });
}
