/**
 * Views that show resources, links and changes as Identity Manager's tables do: `UR_Resources` and its companions, and a readable
 * view for each entity type. They are made anew with every deployment, because their columns follow the entity types
 * (Identity Manager: EntityType, TargetColumnIndex; data model, Resource).
 */
import type { TransactionSql } from 'postgres';
import { quoteName, quoteText, replaceViews, shortenName } from './recorded-views.ts';

export type ViewedProperty = Readonly<{
  identifier: string;
  /** 0 to 127 for a value; undefined for a link. */
  targetColumnIndex: number | undefined;
  /** The attribute it comes from, `id` or `@odata.type`; undefined where nothing is mapped to it. */
  source: string | undefined;
}>;

/** An entity type of a connection. */
export type ViewedSource = Readonly<{ connection: string; entityType: string }>;

export type ViewedEntityType = Readonly<{
  identifier: string;
  properties: readonly ViewedProperty[];
  /** What it is filled from. */
  sources: readonly ViewedSource[];
}>;

export type ViewedAssociation = Readonly<{
  identifier: string;
  /** The links it is filled from; the first side is the object that the link leads from. */
  links: readonly (ViewedSource & Readonly<{ link: string }>)[];
}>;

export type ViewedModel = Readonly<{
  entityTypes: readonly ViewedEntityType[];
  associations: readonly ViewedAssociation[];
}>;

const schema = 'identity_manager';

/** What the migrations make, and what stands for the data model as a whole. */
const ownNames: ReadonlySet<string> = new Set([
  'uj_jobs',
  'uj_jobinstances',
  'uj_taskinstances',
  'ur_resources',
  'ur_resourcechanges',
  'ur_resourcelinks',
  'ur_resourcelinkchanges',
  'um_types',
]);

/**
 * Makes the views what the model says; those of entity types that are gone go, too. Gives the identifiers of entity types that have
 * no view of their own, because another one has their name.
 */
export async function rebuildViews(sql: TransactionSql, model: ViewedModel): Promise<readonly string[]> {
  const identifiers = [...model.entityTypes, ...model.associations].map(({ identifier }) => identifier);
  await sql`
    insert into configured_type (identifier) select unnest(${identifiers}::text[]) on conflict do nothing`;
  const types = await sql<{ typeId: number; identifier: string }[]>`
    select type_id, identifier from configured_type where identifier = any(${identifiers}::text[])`;
  const typeIdOf = (identifier: string): number => {
    const type = types.find((each) => each.identifier === identifier);
    if (!type) throw new Error(`The type ${identifier} has no number.`);
    return type.typeId;
  };
  const views = viewsOf(model, typeIdOf).map(([name, query]) => ({ name: shortenName(name), query }));
  await replaceViews(sql, { schema, owner: 'the configuration' }, views);
  return model.entityTypes
    .map(({ identifier }) => identifier)
    .filter((identifier) => ownNames.has(identifier));
}

/** The views with their queries. */
function viewsOf(
  { entityTypes, associations }: ViewedModel,
  typeIdOf: (identifier: string) => number,
): readonly (readonly [name: string, statement: string])[] {
  const resources = entityTypes.map(
    (type) =>
      `select resource.resource_number as id, ${typeIdOf(type.identifier)} as type, ${physicalColumns(type, 'resource.attributes', 'resource.key')}
       from resource ${typeJoin('resource')} where ${isOneOf(type.sources)}`,
  );
  const changes = entityTypes.map(
    (type) =>
      `select change.change_number as id, ${typeIdOf(type.identifier)} as type, ${operation} as changeoperation,
         ${jobInstance} as jobinstance_id, resource.resource_number as resource_id,
         ${physicalColumns(type, 'coalesce(change.after, change.before)', 'change.key')}
       from change ${typeJoin('change')} ${runJoin}
         left join resource on resource.entity_type_id = change.entity_type_id and resource.key = change.key
       where change.association_id is null and ${isOneOf(type.sources)}`,
  );
  const links = associations.map(
    (association) =>
      `select source.resource_number as r1, target.resource_number as r2, ${typeIdOf(association.identifier)} as type
       from resource_link as link ${linkJoin} ${typeJoin('association')}
         join resource as source on source.entity_type_id = association.entity_type_id and source.key = link.source_key
         join resource as target on target.entity_type_id = link.target_type_id and target.key = link.target_key
       where link.is_live and ${isOneOfLinks(association.links)}`,
  );
  const linkChanges = associations.map(
    (association) =>
      `select change.change_number as id, ${typeIdOf(association.identifier)} as type, ${operation} as changeoperation,
         ${jobInstance} as jobinstance_id, change.key as r1_key, change.target_key as r2_key
       from change join association using (association_id) ${typeJoin('association')} ${runJoin}
       where ${isOneOfLinks(association.links)}`,
  );
  const nothing = physicalColumns({ properties: [] }, '', '');
  const noResource = `select null::bigint as id, null::integer as type, ${nothing} where false`;
  const noChange = `select null::bigint as id, null::integer as type, null::integer as changeoperation, null::integer as jobinstance_id,
    null::bigint as resource_id, ${nothing} where false`;
  const noLink = 'select null::bigint as r1, null::bigint as r2, null::integer as type where false';
  const noLinkChange = `select null::bigint as id, null::integer as type, null::integer as changeoperation, null::integer as jobinstance_id,
    null::text as r1_key, null::text as r2_key where false`;
  return [
    ['ur_resources', unionOf(resources, noResource)],
    ['ur_resourcechanges', unionOf(changes, noChange)],
    ['ur_resourcelinks', unionOf(links, noLink)],
    ['ur_resourcelinkchanges', unionOf(linkChanges, noLinkChange)],
    ['um_types', `select type_id as id, identifier from configured_type`],
    ...entityTypes
      .filter(({ identifier }) => !ownNames.has(identifier))
      .map((type) => [type.identifier, readableView(type)] as const),
  ];
}

/** An entity type with its own names. */
function readableView({ properties, sources }: ViewedEntityType): string {
  const columns = properties
    .filter(({ source }) => source !== undefined)
    .map(
      ({ identifier, source = '' }) =>
        `${valueFrom(source, 'resource.attributes', 'resource.key')} as ${quoteName(shortenName(identifier))}`,
    );
  return `select ${['resource.resource_number as "Id"', ...columns].join(', ')}
    from resource ${typeJoin('resource')} where ${isOneOf(sources)}`;
}

const valueIndexes = Array.from({ length: 128 }, (_, index) => index);
const navigationIndexes = Array.from({ length: 25 }, (_, index) => 128 + index);

/**
 * `c` or `i` and the index in base 32: `c4`, `cv`, `c10`, `c3v`, `i40` (Identity Manager: entity model, physical columns). Links
 * stand in their own view, so that the columns of navigations to one object are empty.
 */
function physicalColumns(
  { properties }: Pick<ViewedEntityType, 'properties'>,
  attributes: string,
  key: string,
): string {
  const values = valueIndexes.map((index) => {
    const property = properties.find(({ targetColumnIndex }) => targetColumnIndex === index);
    const value = property?.source === undefined ? 'null::text' : valueFrom(property.source, attributes, key);
    return `${value} as c${index.toString(32)}`;
  });
  const navigations = navigationIndexes.map((index) => `null::bigint as i${index.toString(32)}`);
  return [...values, ...navigations].join(', ');
}

function valueFrom(source: string, attributes: string, key: string): string {
  if (source === 'id') return key;
  if (source === '@odata.type') return 'entity_type.name';
  return `${schema}.cell_text(${attributes}->${quoteText(source)})`;
}

const operation = `case change.kind when 'insert' then 0 when 'update' then 1 else 2 end`;
const jobInstance = 'task_run.job_run_id';
const runJoin = `left join export_set on export_set.set_id = change.set_id left join run using (run_id)
  left join task_run on task_run.task_run_id = run.task_run_id`;
const linkJoin = 'join association using (association_id)';

function typeJoin(table: string): string {
  return `join entity_type on entity_type.entity_type_id = ${table}.entity_type_id
    join connection on connection.connection_id = entity_type.connection_id`;
}

/** The name of a connection may be written otherwise in the settings. */
function isOneOf(sources: readonly ViewedSource[]): string {
  const pairs = sources.map(
    ({ connection, entityType }) => `(lower(${quoteText(connection)}), ${quoteText(entityType)})`,
  );
  return pairs.length === 0 ? 'false' : `(lower(connection.name), entity_type.name) in (${pairs.join(', ')})`;
}

function isOneOfLinks(links: ViewedAssociation['links']): string {
  const triples = links.map(
    ({ connection, entityType, link }) =>
      `(lower(${quoteText(connection)}), ${quoteText(entityType)}, ${quoteText(link)})`,
  );
  return triples.length === 0
    ? 'false'
    : `(lower(connection.name), entity_type.name, association.name) in (${triples.join(', ')})`;
}

function unionOf(queries: readonly string[], none: string): string {
  return queries.length === 0 ? none : queries.join(' union all ');
}
