/** References and bindings against what there is. What resolves is spelled as its element spells itself. */

import { hint } from '../model/nearest-name.ts';
import type { Draft, TopDraft } from './draft.ts';
import { nameDraft } from './draft.ts';
import { type ElementIndex, identifiersOf, isTask, resolveIdentifier } from './element-index.ts';
import { addMistake, addWarning, type Findings, hasEnoughMistakes, quote } from './mistakes.ts';

/** Tasks can be referred to only once scaffoldings are expanded, which need everything else resolved. */
export type ReferencePass = 'elements' | 'tasks';

/** Resolves the references of all drafts to elements, or to tasks. */
export function checkReferences(
  drafts: readonly TopDraft[],
  index: ElementIndex,
  pass: ReferencePass,
  findings: Findings,
): void {
  const properties = pass === 'elements' ? propertiesByEntityType(drafts) : new Map();
  const visit = (draft: Draft): void => {
    if (hasEnoughMistakes(findings)) return;
    for (const [name, value] of Object.entries(draft.attributes)) {
      const type = draft.schema.attributes[name]?.type;
      if (type?.is === 'reference' && isOfPass(type.to, pass)) {
        resolveReference(draft, name, value, type.to, index, findings);
      } else if (type?.is === 'binding' && pass === 'elements') {
        resolveBinding(draft, name, value, index, properties, findings);
      }
    }
    for (const child of draft.children) visit(child);
  };
  for (const draft of drafts) visit(draft);
  if (pass === 'elements') {
    for (const draft of drafts) checkDataSet(draft, index, findings);
  }
}

function isOfPass(kinds: readonly string[], pass: ReferencePass): boolean {
  return kinds.some(isTask) === (pass === 'tasks');
}

function resolveReference(
  draft: Draft,
  name: string,
  value: string,
  kinds: readonly string[],
  index: ElementIndex,
  findings: Findings,
): void {
  const found = resolveIdentifier(index, kinds, value);
  if (found !== undefined) {
    draft.attributes[name] = found;
    return;
  }
  const [kind = ''] = kinds;
  const what = kinds.length > 1 ? 'task' : kind;
  addMistake(
    findings,
    draft.placeOfAttribute(name),
    `Attribute ${name} of ${nameDraft(draft)} names the ${what} ${quote(value)}, which does not exist${hint(value, identifiersOf(index, kinds))}: add it or correct the name`,
  );
}

/** Properties as they are written, by entity type and lower case. */
function propertiesByEntityType(
  drafts: readonly TopDraft[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    drafts
      .filter(({ kind }) => kind === 'EntityType')
      .map(({ identifier, children }) => [
        identifier,
        new Map(
          children.map(({ attributes: { Identifier = '' } }): [string, string] => [
            Identifier.toLowerCase(),
            Identifier,
          ]),
        ),
      ]),
  );
}

function resolveBinding(
  draft: Draft,
  name: string,
  value: string,
  index: ElementIndex,
  properties: ReadonlyMap<string, ReadonlyMap<string, string>>,
  findings: Findings,
): void {
  const [writtenType = '', writtenProperty = ''] = value.split(':');
  const place = draft.placeOfAttribute(name);
  const whose = `Attribute ${name} of ${nameDraft(draft)}`;
  const entityType = resolveIdentifier(index, ['EntityType'], writtenType);
  if (entityType === undefined) {
    const near = hint(writtenType, identifiersOf(index, ['EntityType']));
    addMistake(
      findings,
      place,
      `${whose} names the EntityType ${quote(writtenType)}, which does not exist${near}: add it or correct the name`,
    );
    return;
  }
  const known = properties.get(entityType);
  const property = known?.get(writtenProperty.toLowerCase());
  if (property !== undefined) {
    draft.attributes[name] = `${entityType}:${property}`;
    return;
  }
  addMistake(
    findings,
    place,
    `${whose} names the property ${quote(writtenProperty)}, which EntityType ${entityType} does not have${hint(writtenProperty, known?.values() ?? [])}: add it or correct the name`,
  );
}

/** Data sets that access rules are made on besides the entity types of the configuration (documentation of the permission scaffoldings). */
const builtInDataSets = [
  'Agent',
  'AssignedResourceType',
  'Category',
  'Connection',
  'Connector',
  'EntityType',
  'EntityTypeMapping',
  'Job',
  'JobInstance',
  'JobStep',
  'OpenIdClient',
  'Profile',
  'Resource',
  'ResourceType',
  'ResourceTypeMapping',
  'Task',
  'TaskEntityType',
  'TaskInstance',
  'TaskResourceType',
  'WorkflowInstance',
];

/** The list of built-in data sets is not published, so that an unknown one is doubtful and no mistake. */
function checkDataSet(draft: TopDraft, index: ElementIndex, findings: Findings): void {
  const { EntityType: written } = draft.attributes;
  if (draft.kind !== 'AccessControlRule' || written === undefined || builtInDataSets.includes(written))
    return;
  const found = resolveIdentifier(index, ['EntityType'], written);
  if (found !== undefined) {
    draft.attributes.EntityType = found;
    return;
  }
  const near = hint(written, [...builtInDataSets, ...identifiersOf(index, ['EntityType'])]);
  addWarning(
    findings,
    draft.placeOfAttribute('EntityType'),
    `AccessControlRule ${draft.identifier} is on the data set ${quote(written)}, which Syncline does not know${near}`,
  );
}
