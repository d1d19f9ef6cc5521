/** Identities as answers: their types, rows of lists, and one with the origin of each of its values. */
import type { z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { effectiveStatusAt } from '../../model/effective-status.ts';
import type { Attributes } from '../../model/entity-type.ts';
import type { MappingDefinition } from '../../model/mapping.ts';
import { nameOf } from '../../model/search-words.ts';
import {
  type ChangeMoment,
  type KnownResource,
  readAttributeAges,
  readMoments,
  readRelations,
  readTags,
} from '../../store/directory-resources.ts';
import type { TagLabel } from '../../store/directory-scopes.ts';
import {
  type IdentityAccount,
  readIdentityAccounts,
  readIdentityVersion,
  readMappingsInto,
  readWritingRuns,
  type WritingRun,
} from '../../store/identity-accounts.ts';
import type { StoredIdentityType } from '../../store/identity-types.ts';
import type {
  Identity,
  IdentityDetails,
  IdentityStatus,
  IdentityTypeDetails,
  identityDetailsSchema,
  ValueOrigin,
} from '../schemas/identities.ts';
import { renderMoment } from './directory-rendering.ts';
import { text, textOrNull } from './route-parts.ts';

export function renderType(type: StoredIdentityType): IdentityTypeDetails {
  const { name, schema, count, customAttributes, version, changedAt, changedBy } = type;
  const custom = new Set(customAttributes.map((attribute) => attribute.name));
  return {
    name,
    label: schema.label,
    count,
    attributes: schema.attributes.map(({ choices, ...attribute }) => ({
      ...attribute,
      isCustom: custom.has(attribute.name),
      choices: choices === undefined ? null : [...choices],
    })),
    links: schema.links.map(({ description: _, targets, ...link }) => ({
      ...link,
      targets: targets as IdentityTypeDetails['name'][],
    })),
    version,
    changedAt: text(changedAt),
    changedBy,
  };
}

/** The status of an identity at a moment; null of what has none. */
export function statusOf(
  { name }: Pick<StoredIdentityType, 'name'>,
  attributes: Attributes,
  now: Date,
): IdentityStatus | null {
  if (name !== 'alpha_user') return null;
  const { state, until } = effectiveStatusAt(attributes, now);
  return { state, until: textOrNull(until) };
}

export function renderIdentity(
  type: StoredIdentityType,
  found: Readonly<{ key: string; name: string; attributes: Attributes; tags: readonly TagLabel[] }>,
  now: Date,
): Identity {
  const { key, name, attributes, tags } = found;
  const status = statusOf(type, attributes, now);
  return { type: type.name, key, name, attributes: { ...attributes }, status, tags: [...tags] };
}

/** Everything that is known of an identity. */
export async function renderIdentityDetails(
  sql: Sql,
  type: StoredIdentityType,
  resource: KnownResource,
  now: Date,
): Promise<z.input<typeof identityDetailsSchema> & IdentityDetails> {
  const { key, attributes, firstChange, deletedChange } = resource;
  const numbers = [firstChange, deletedChange].filter((number) => number !== null);
  const [ages, relations, tags, moments, accounts, mappings, version] = await Promise.all([
    readAttributeAges(sql, resource),
    readRelations(sql, resource),
    readTags(sql, resource),
    readMoments(sql, numbers),
    readIdentityAccounts(sql, type.name, key),
    readMappingsInto(sql, type.name),
    readIdentityVersion(sql, type.entityTypeId, key),
  ]);
  const momentOf = (name: string) => ages.changed[name] ?? ages.others ?? undefined;
  const names = Object.keys(attributes);
  const runIds = new Set(names.flatMap((name) => momentOf(name)?.runId ?? []));
  const runs = new Map((await readWritingRuns(sql, [...runIds])).map((run) => [run.runId, run]));
  const setAgain = setAgainBy(mappings, accounts);
  const ordered = type.schema.attributes.map(({ name }) => name);
  const place = (name: string) => (ordered.includes(name) ? ordered.indexOf(name) : ordered.length);
  const at = (number: number | null) => renderMoment(number === null ? undefined : moments.get(number));
  return {
    type: type.name,
    key,
    name: nameOf(key, attributes),
    version: version ?? null,
    status: statusOf(type, attributes, now),
    attributes: names
      .toSorted((one, other) => place(one) - place(other))
      .map((name) => ({
        name,
        label: type.schema.attributes.find((attribute) => attribute.name === name)?.label ?? null,
        value: attributes[name],
        since: renderMoment(momentOf(name)),
        isSinceFirstSight: ages.changed[name] === undefined && ages.others !== null,
        origin: originOf(name, momentOf(name), runs, accounts),
        setAgainBy: setAgain.get(name) ?? null,
      })),
    setAgain: [...setAgain].map(([attribute, mapping]) => ({ attribute, mapping })),
    accounts: accounts.map(({ linkedAt, matchedOn, ...account }) => ({
      ...account,
      matchedOn: matchedOn && { rule: matchedOn.rule, attributes: { ...matchedOn.attributes } },
      linkedAt: text(linkedAt),
    })),
    relations: [...relations],
    tags: [...tags],
    firstSeen: at(firstChange),
    deleted: at(deletedChange),
  };
}

/** What a value has come from. */
function originOf(
  attribute: string,
  moment: ChangeMoment | undefined,
  runs: ReadonlyMap<number, WritingRun>,
  accounts: readonly IdentityAccount[],
): ValueOrigin | null {
  if (moment === undefined || moment.label === null) return null;
  const { label, runId, runKind } = moment;
  const unknown = { reconciliationId: null, rule: null, source: null };
  if (runKind === 'edit') return { ...unknown, kind: 'person', label };
  if (runKind !== 'reconcile') return null;
  const run = runs.get(runId);
  if (run === undefined) return { ...unknown, kind: 'mapping', label };
  const account = accounts.find(({ mapping }) => isOwnerOf(run.definition, mapping));
  return {
    kind: 'mapping',
    label: run.mapping,
    reconciliationId: run.reconciliationId,
    rule: ruleOf(run.definition, attribute),
    source: account
      ? { connection: account.connection, type: account.type, key: account.key, name: account.name }
      : null,
  };
}

/** Whether a mapping of this name keeps the account links of a definition. */
function isOwnerOf({ name, linksOf }: MappingDefinition, mapping: string): boolean {
  return (linksOf ?? name).toLowerCase() === mapping.toLowerCase();
}

/** The rule that gives an attribute its value: the last one of them. */
function ruleOf({ attributes }: MappingDefinition, name: string): ValueOrigin['rule'] {
  const source = attributes.findLast(({ target }) => attributeOf(target) === name)?.source;
  if (source === undefined) return null;
  switch (source.kind) {
    case 'attribute':
      return { kind: source.kind, text: source.name };
    case 'constant':
      return { kind: source.kind, text: JSON.stringify(source.value) };
    case 'expression':
      return { kind: source.kind, text: source.text };
    case 'reference':
      return { kind: source.kind, text: source.link };
  }
}

/** The attribute that a target of a mapping is, or is a part of. */
function attributeOf(target: string): string {
  return target.replace(/^\//, '').split('/')[0] ?? target;
}

/** Attributes that mappings set whenever they reconcile an identity with these accounts, each with the first such mapping. */
function setAgainBy(
  mappings: readonly MappingDefinition[],
  accounts: readonly IdentityAccount[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const definition of mappings) {
    if (!accounts.some(({ mapping }) => isOwnerOf(definition, mapping))) continue;
    for (const { target, source, apply } of definition.attributes) {
      const name = attributeOf(target);
      if (apply === 'always' && source.kind !== 'reference' && !found.has(name))
        found.set(name, definition.name);
    }
  }
  return found;
}
