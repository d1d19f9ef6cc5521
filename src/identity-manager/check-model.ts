/** What entity types, mappings and associations need beyond their own attributes: places for values, keys, and ends that fit; and what access needs. */

import { hint } from '../model/nearest-name.ts';
import { unchangedSecret } from './configuration.ts';
import { childDrafts, type Draft, nameDraft, type TopDraft } from './draft.ts';
import { addMistake, addWarning, type Findings } from './mistakes.ts';

/** Scalar places end here; navigations that are kept beside the scalars come after (documentation of EntityType). */
const lastScalarIndex = 127;
const lastLongIndex = 3;
/** Besides the primary key. */
const mostUniqueKeys = 3;

/** Checks the drafts whose references are resolved. */
export function checkModel(drafts: readonly TopDraft[], findings: Findings): void {
  const model: Model = {
    entityTypes: byIdentifier(drafts, 'EntityType'),
    mappings: byIdentifier(drafts, 'EntityTypeMapping'),
    associations: byIdentifier(drafts, 'EntityAssociation'),
  };
  for (const draft of drafts) {
    if (draft.kind === 'EntityType') checkEntityType(draft, findings);
    if (draft.kind === 'EntityTypeMapping') checkMapping(draft, model, findings);
    if (draft.kind === 'EntityAssociation') checkAssociation(draft, model, findings);
    if (draft.kind === 'EntityAssociationMapping') checkAssociationMapping(draft, model, findings);
    if (draft.kind === 'AccessControlRule') checkRule(draft, findings);
    if (draft.kind === 'OpenIdClient') checkSecret(draft, findings);
  }
}

type Model = Readonly<{
  entityTypes: ReadonlyMap<string, TopDraft>;
  mappings: ReadonlyMap<string, TopDraft>;
  associations: ReadonlyMap<string, TopDraft>;
}>;

function byIdentifier(drafts: readonly TopDraft[], kind: string): ReadonlyMap<string, TopDraft> {
  return new Map(
    drafts
      .filter((draft) => draft.kind === kind)
      .map((draft) => [draft.attributes.Identifier ?? draft.identifier, draft]),
  );
}

function checkEntityType(entityType: TopDraft, findings: Findings): void {
  const name = nameDraft(entityType);
  const properties = childDrafts(entityType, 'Property');
  if (!properties.some(({ attributes }) => attributes.IsKey === 'true')) {
    addMistake(
      findings,
      entityType.place,
      `${name} has no key: write IsKey="true" on a Property that tells its resources apart`,
    );
  }
  const owners = new Map<string, string>();
  for (const property of properties) {
    const { Identifier = '', Type = 'String', TargetColumnIndex, DisplayName_L1 } = property.attributes;
    const whose = `Property ${Identifier} of ${name}`;
    // Published samples display a key as `id`; only this spelling is said to be taken.
    if (DisplayName_L1 === 'Id') {
      addMistake(
        findings,
        property.placeOfAttribute('DisplayName_L1'),
        `${whose} is displayed as Id, which is reserved: choose another name`,
      );
    }
    if (TargetColumnIndex === undefined) {
      if (Type !== 'ForeignKey' && Type !== 'Binary') {
        addWarning(
          findings,
          property.place,
          `${whose} has no TargetColumnIndex: it is exported and stored, and the views of Identity Manager leave it out`,
        );
      }
      continue;
    }
    const place = property.placeOfAttribute('TargetColumnIndex');
    const wrong = misplaced(Type, Number(TargetColumnIndex));
    if (wrong !== undefined) {
      addMistake(findings, place, `${whose} has the TargetColumnIndex ${TargetColumnIndex}, ${wrong}`);
    }
    const owner = owners.get(TargetColumnIndex);
    if (owner !== undefined) {
      addMistake(
        findings,
        place,
        `${whose} has the TargetColumnIndex ${TargetColumnIndex}, which Property ${owner} has already: give it one of its own`,
      );
    }
    owners.set(TargetColumnIndex, owner ?? Identifier);
  }
}

function misplaced(type: string, index: number): string | undefined {
  if (type === 'Binary') return 'and its Type is Binary, which is stored elsewhere: take the index out';
  if (type === 'ForeignKey') {
    return index <= lastLongIndex
      ? 'and its Type is ForeignKey: use 4 to 152, or none for a collection'
      : undefined;
  }
  return index > lastScalarIndex
    ? `and its Type is ${type}: 128 to 152 are for ForeignKey, use 0 to 3 for long values and 4 to 127 for others`
    : undefined;
}

function checkMapping(mapping: TopDraft, { entityTypes }: Model, findings: Findings): void {
  const name = nameDraft(mapping);
  const properties = childDrafts(mapping, 'Property');
  const flagged = (flag: string) => properties.filter(({ attributes }) => attributes[flag] === 'true');
  const [first, second] = flagged('IsPrimaryKey');
  if (first === undefined) {
    addMistake(
      findings,
      mapping.place,
      `${name} has no primary key: write IsPrimaryKey="true" on the Property that never changes and tells resources apart`,
    );
  }
  if (second !== undefined) {
    addMistake(
      findings,
      second.placeOfAttribute('IsPrimaryKey'),
      `${name} has the primary keys ${first?.attributes.Identifier} and ${second.attributes.Identifier}: leave one, and make the other IsUniqueKey`,
    );
  }
  const uniqueKeys = flagged('IsUniqueKey');
  if (uniqueKeys.length > mostUniqueKeys) {
    addMistake(
      findings,
      uniqueKeys[mostUniqueKeys]?.place ?? mapping.place,
      `${name} has ${uniqueKeys.length} unique keys: leave ${mostUniqueKeys} at most`,
    );
  }
  const entityType = entityTypes.get(mapping.attributes.Identifier ?? '');
  if (entityType === undefined) return;
  const known = new Map(
    childDrafts(entityType, 'Property').map((property) => [
      (property.attributes.Identifier ?? '').toLowerCase(),
      property.attributes.Identifier ?? '',
    ]),
  );
  for (const property of properties) {
    const { Identifier = '' } = property.attributes;
    const found = known.get(Identifier.toLowerCase());
    if (found !== undefined) {
      property.attributes.Identifier = found;
      continue;
    }
    addMistake(
      findings,
      property.placeOfAttribute('Identifier'),
      `${name} maps the property ${Identifier}, which its EntityType does not have${hint(Identifier, known.values())}: add it or correct the name`,
    );
  }
}

function checkAssociation(association: TopDraft, { entityTypes }: Model, findings: Findings): void {
  for (const name of ['Property1', 'Property2']) {
    const property = findProperty(entityTypes, association.attributes[name]);
    const type = property?.attributes.Type ?? 'String';
    if (property === undefined || type === 'ForeignKey') continue;
    addMistake(
      findings,
      association.placeOfAttribute(name),
      `Attribute ${name} of ${nameDraft(association)} names ${association.attributes[name]}, whose Type is ${type}: an association leads from one ForeignKey to another`,
    );
  }
}

function checkAssociationMapping(mapping: TopDraft, { mappings }: Model, findings: Findings): void {
  for (const name of ['EntityPropertyMapping1', 'EntityPropertyMapping2']) {
    const binding = mapping.attributes[name];
    if (binding === undefined || !binding.includes(':')) continue;
    const [entityType = ''] = binding.split(':');
    const place = mapping.placeOfAttribute(name);
    const whose = `Attribute ${name} of ${nameDraft(mapping)} names ${binding}`;
    const end = mappings.get(entityType);
    const property = findProperty(mappings, binding);
    if (end === undefined || property === undefined) {
      addMistake(
        findings,
        place,
        `${whose}, which no EntityTypeMapping maps: map it, or name a key that is mapped`,
      );
      continue;
    }
    const { IsPrimaryKey, IsUniqueKey } = property.attributes;
    if (IsPrimaryKey !== 'true' && IsUniqueKey !== 'true') {
      addMistake(
        findings,
        place,
        `${whose}, which is no key of its mapping: name the primary key or write IsUniqueKey="true" on it`,
      );
    }
    const { Connector: other } = end.attributes;
    if (other !== undefined && other !== mapping.attributes.Connector) {
      addMistake(
        findings,
        place,
        `${whose}, which belongs to Connector ${other}: both ends have to belong to Connector ${mapping.attributes.Connector ?? ''}`,
      );
    }
  }
}

function findProperty(owners: ReadonlyMap<string, TopDraft>, binding: string | undefined): Draft | undefined {
  const [owner = '', property = ''] = (binding ?? '').split(':');
  const found = owners.get(owner);
  return found === undefined
    ? undefined
    : childDrafts(found, 'Property').find(
        ({ attributes }) => attributes.Identifier?.toLowerCase() === property.toLowerCase(),
      );
}

function checkRule(rule: TopDraft, findings: Findings): void {
  for (const entry of childDrafts(rule, 'Entry')) {
    if (entry.attributes.Permission !== '/' || entry.attributes.CanExecute !== 'true') continue;
    addMistake(
      findings,
      entry.placeOfAttribute('Permission'),
      `${nameDraft(rule)} grants the permission /, which is everything: name the permissions that are needed`,
    );
  }
}

/** Base64 of 32 bytes. The value is not shown, because it may be the secret itself. */
function checkSecret(client: TopDraft, findings: Findings): void {
  const { HashedSecret } = client.attributes;
  if (HashedSecret === undefined || /^[A-Za-z0-9+/]{43}=$/.test(HashedSecret)) return;
  if (HashedSecret === unchangedSecret) {
    addMistake(
      findings,
      client.placeOfAttribute('HashedSecret'),
      `Attribute HashedSecret of ${nameDraft(client)} is to stay as it is, and no such client is deployed that the console could take it from: write the hash of its secret`,
    );
    return;
  }
  addMistake(
    findings,
    client.placeOfAttribute('HashedSecret'),
    `Attribute HashedSecret of ${nameDraft(client)} is no SHA-256 in Base64 (44 characters, the last of them =): write the hash of the secret, never the secret itself`,
  );
}
