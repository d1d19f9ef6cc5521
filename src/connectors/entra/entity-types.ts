/** Entity type mappings judged against what Entra exports, and the mapping that stands where none is given. */
import { editDistance } from '../../model/edit-distance.ts';
import type { EntityType } from '../../model/entity-type.ts';
import { parseFilter } from '../../odata/filter.ts';
import { pathsOf } from '../../odata/filter-paths.ts';
import { ODataSyntaxError } from '../../odata/syntax-error.ts';
import {
  type Availability,
  type CatalogType,
  entityTypeNames,
  findCatalogType,
  isExtensionName,
  namesIn,
} from './catalog.ts';
import { relationshipNames } from './directory-schema.ts';

/** What is wrong with a mapping, and what of it. */
export type MappingMistake = Readonly<{
  entityType: string;
  part: 'entityType' | 'attribute' | 'link' | 'filter';
  /** The attribute or link; of the other parts the entity type. */
  name: string;
  /** A sentence that names all of it. */
  message: string;
}>;

/** Everything that is wrong with the entity types, one sentence each, in their order; nothing when they can be exported. */
export function checkEntityTypes(entityTypes: readonly EntityType[]): readonly string[] {
  return findMistakes(entityTypes).map(({ message }) => message);
}

/** The same with what of the mapping each sentence is about. */
export function findMistakes(entityTypes: readonly EntityType[]): readonly MappingMistake[] {
  const names = entityTypes.map(({ name }) => name);
  return [
    ...repeated(names).map((name) =>
      ofType(name, `Entity type ${name} is mapped twice: leave one of the mappings out.`),
    ),
    ...entityTypes.flatMap(findMistakesOfType),
  ];
}

function ofType(entityType: string, message: string): MappingMistake {
  return { entityType, part: 'entityType', name: entityType, message };
}

/**
 * The entity types of a mapping that has one list of attributes for all of them. Each attribute goes to the types that have
 * it, and every type gets all its links. `id` and `@odata.type` are no attributes but the key and the type itself. Names
 * that no type has stay in the result, where `checkEntityTypes` finds them.
 */
export function mapAttributes(
  typeNames: readonly string[],
  attributes: readonly string[],
): readonly EntityType[] {
  const types = typeNames.map((name) => findCatalogType(name));
  const wanted = attributes.filter((attribute) => attribute !== 'id' && attribute !== '@odata.type');
  const owners = wanted.map((attribute) => ({ attribute, owners: typesFor(attribute, types) }));
  return typeNames.map((name, index) => ({
    name,
    attributes: owners.filter(({ owners }) => owners.includes(index)).map(({ attribute }) => attribute),
    links: types[index]?.links ?? [],
  }));
}

/** The mapping of a connection that says nothing of its own: the sample of the published how-to, as far as it can be listed. */
export const defaultEntityTypes: readonly EntityType[] = mapAttributes(
  ['user', 'group', 'directoryRole', 'servicePrincipal'],
  namesIn(
    'companyName country createdDateTime department displayName employeeId externalUserState ' +
      'externalUserStateChangeDateTime givenName accountEnabled isResourceAccount jobTitle mail mailNickname ' +
      'mobilePhone officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesImmutableId ' +
      'onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled ' +
      'onPremisesUserPrincipalName preferredLanguage proxyAddresses showInAddressList state streetAddress surname ' +
      'usageLocation userPrincipalName userType description expirationDateTime groupTypes securityEnabled ' +
      'visibility city',
  ),
);

function findMistakesOfType(entityType: EntityType): readonly MappingMistake[] {
  const type = findCatalogType(entityType.name);
  if (type === undefined) {
    const place = `Entra exports no entity type ${quote(entityType.name)}${hint(entityType.name, entityTypeNames)}`;
    return [ofType(entityType.name, `${place}: use ${entityTypeNames.join(', ')}.`)];
  }
  const about = (part: MappingMistake['part'], name: string, message: string): MappingMistake => ({
    entityType: type.name,
    part,
    name,
    message,
  });
  const { attributes, links, filter } = entityType;
  return [
    ...repeated(attributes).map((name) =>
      about(
        'attribute',
        name,
        `Attribute ${name} of entity type ${type.name} is mapped twice: leave one of them out.`,
      ),
    ),
    ...[...new Set(attributes)].flatMap((name) => {
      const message = checkAttribute(type, name);
      return message === undefined ? [] : about('attribute', name, message);
    }),
    ...repeated(links).map((name) =>
      about('link', name, `Link ${name} of entity type ${type.name} is mapped twice: leave one of them out.`),
    ),
    ...[...new Set(links)].flatMap((name) => {
      const message = checkLink(type, name);
      return message === undefined ? [] : about('link', name, message);
    }),
    ...(filter === undefined ? [] : checkFilter(entityType, filter)).map((message) =>
      about('filter', type.name, message),
    ),
  ];
}

const refusals: Record<Exclude<Availability, 'exported'>, string> = {
  singleOnly: 'because Graph returns it only for a single object and never in an export',
  untracked: 'because delta query does not follow it, so that its changes would be missed',
  neverReturned: 'because Graph does not return it',
};

/** What is wrong with an attribute; nothing when it can be exported. The key may be named like one. */
function checkAttribute(type: CatalogType, name: string): string | undefined {
  if (name === 'id' || isExtensionName(name)) return undefined;
  const availability = type.attributes.get(name);
  if (availability === 'exported') return undefined;
  const place = `Attribute ${quote(name)} of entity type ${type.name}`;
  if (availability !== undefined) {
    return `${place} cannot be exported, ${refusals[availability]}: take it out of the mapping.`;
  }
  if (type.links.includes(name)) {
    return `${place} is a link and no attribute: map it among the links of ${type.name}.`;
  }
  if (namesIn(relationshipNames).includes(name)) {
    return `${place} is a relationship and no attribute: take it out of the mapping; only members and owners are exported as links.`;
  }
  const [whole = ''] = name.split('/');
  if (whole !== name && type.attributes.get(whole) === 'exported') {
    return `${place} is a part of an attribute: map ${whole}, which holds it.`;
  }
  if (name.toLowerCase().startsWith('extension_')) {
    return `${place} is not the name of a directory extension: write extension_, the application id as 32 hexadecimal digits, an underscore and the name.`;
  }
  return `${place} does not exist${hint(name, exportedNames(type))}: correct its name or take it out of the mapping.`;
}

function checkLink(type: CatalogType, name: string): string | undefined {
  if (type.links.includes(name)) return undefined;
  const offer = type.links.length === 0 ? 'it has no links' : `use ${type.links.join(', ')}`;
  return `Link ${quote(name)} of entity type ${type.name} cannot be exported${hint(name, type.links)}: ${offer}.`;
}

function checkFilter(entityType: EntityType, filter: string): readonly string[] {
  const place = `The filter of entity type ${entityType.name}`;
  const mapped = new Set(['id', ...entityType.attributes]);
  try {
    const used = pathsOf(parseFilter(filter)).map(({ segments }) => segments[0] ?? '');
    return [...new Set(used)]
      .filter((name) => !mapped.has(name))
      .map(
        (name) =>
          `${place} uses attribute ${quote(name)}, which is not mapped${hint(name, [...mapped])}: map it as well, or leave it out of the filter.`,
      );
  } catch (error) {
    if (!(error instanceof ODataSyntaxError)) throw error;
    return [`${place} cannot be read: ${error.message}`];
  }
}

/**
 * Which of the types an attribute of a common list goes to: those that export it, else those that only know it, else, as
 * nobody has it, the one with the likest name, so that it is complained of once.
 */
function typesFor(attribute: string, types: readonly (CatalogType | undefined)[]): readonly number[] {
  const where = (isMeant: (type: CatalogType) => boolean) =>
    types.flatMap((type, index) => (type !== undefined && isMeant(type) ? [index] : []));
  const choices = [
    () =>
      where((type) =>
        isExtensionName(attribute) ? type.hasExtensions : type.attributes.get(attribute) === 'exported',
      ),
    () => where((type) => type.attributes.has(attribute) || type.links.includes(attribute)),
    () => where((type) => closest(attribute, exportedNames(type)) !== undefined).slice(0, 1),
    () => where(() => true).slice(0, 1),
  ];
  for (const choice of choices) {
    const indexes = choice();
    if (indexes.length > 0) return indexes;
  }
  return [];
}

function exportedNames(type: CatalogType): readonly string[] {
  return [...type.attributes].flatMap(([name, availability]) => (availability === 'exported' ? [name] : []));
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function hint(name: string, candidates: readonly string[]): string {
  const candidate = closest(name, candidates);
  return candidate === undefined ? '' : ` (did you mean ${candidate}?)`;
}

/** The name that was probably meant: about a third of it mistyped at most, the likest first; case does not count. */
function closest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.min(3, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

function quote(name: string): string {
  return `'${name}'`;
}
