/** Elements against the schema: names, attributes, values, children. What passes becomes a draft; the rest is told. */

import { hint } from '../model/nearest-name.ts';
import { readValue } from './attribute-values.ts';
import { type Draft, placesOfDraft, type TopDraft } from './draft.ts';
import type { AttributeSchema, ElementSchema } from './element-schema.ts';
import { isWithoutEffect, knownNames, schemaOf } from './known-elements.ts';
import { addMistake, addWarning, type Findings, hasEnoughMistakes, type Place } from './mistakes.ts';
import type { XmlElement, XmlPlace } from './xml-document.ts';

export const configurationNamespace = 'urn:schemas-usercube-com:configuration';
const rootName = 'ConfigurationFile';

/** The elements of one file. Those without an effect are warned of, and unknown ones are mistakes. */
export function checkFile(
  file: string,
  root: XmlElement,
  placeOf: (at: number) => XmlPlace,
  findings: Findings,
): readonly TopDraft[] {
  const place = (xml: XmlElement): Place => ({ file, at: xml.at, placeOf });
  if (root.name !== rootName || root.namespace !== configurationNamespace) {
    addMistake(
      findings,
      place(root),
      `the root is <${root.name}${root.namespace === '' ? '' : ` xmlns="${root.namespace}"`}>: write <${rootName} xmlns="${configurationNamespace}">`,
    );
    return [];
  }
  if (root.hasText) addMistake(findings, place(root), `${rootName} holds text: elements only belong there`);
  return root.children.flatMap((xml) => {
    if (hasEnoughMistakes(findings)) return [];
    const schema = isOurs(xml) ? schemaOf(xml.name) : undefined;
    if (schema !== undefined) {
      const draft = checkElement(xml, schema, place(xml), findings);
      // Scaffoldings of jobs are named once the job is known.
      const identifier = schema.identity === 'job' ? '' : (draft.attributes[schema.identity] ?? '');
      return [{ ...draft, identifier }];
    }
    if (isOurs(xml) && isWithoutEffect(xml.name)) {
      addWarning(findings, place(xml), `${nameXml(xml)} has no effect in Syncline and is left out`);
    } else {
      addMistake(
        findings,
        place(xml),
        `there is no element ${xml.name}${hint(xml.name, knownNames)}: correct its name or take it out`,
      );
    }
    return [];
  });
}

function isOurs({ namespace }: XmlElement): boolean {
  return namespace === configurationNamespace;
}

function nameXml(xml: XmlElement): string {
  const identifier = xml.attributes.find(({ name }) => name === 'Identifier')?.value ?? '';
  return identifier === '' ? xml.name : `${xml.name} ${identifier}`;
}

function checkElement(xml: XmlElement, schema: ElementSchema, place: Place, findings: Findings): Draft {
  const written = new Map<string, string>();
  const attributes = checkAttributes(xml, schema, place, findings, written);
  if (xml.hasText) addMistake(findings, place, `${nameXml(xml)} holds text: attributes say what it is`);
  const children = xml.children.flatMap((child) => checkChild(child, xml, schema, place, findings));
  for (const kind of schema.atMostOne) {
    const [, second] = children.filter((child) => child.kind === kind);
    if (second !== undefined) {
      addMistake(findings, second.place, `${nameXml(xml)} has ${kind} twice: leave one out`);
    }
  }
  return { kind: xml.name, schema, attributes, children, ...placesOfDraft(xml, place, written) };
}

function checkChild(
  child: XmlElement,
  parent: XmlElement,
  schema: ElementSchema,
  parentPlace: Place,
  findings: Findings,
): readonly Draft[] {
  if (hasEnoughMistakes(findings)) return [];
  const place = { ...parentPlace, at: child.at };
  const isKnown = isOurs(child) && Object.hasOwn(schema.children, child.name);
  const childSchema = isKnown ? schema.children[child.name] : undefined;
  if (childSchema !== undefined) return [checkElement(child, childSchema, place, findings)];
  if (isOurs(child) && schema.withoutEffect.includes(child.name)) {
    addWarning(findings, place, `${nameXml(child)} has no effect in Syncline and is left out`);
    return [];
  }
  const names = [...Object.keys(schema.children), ...schema.withoutEffect];
  const offer =
    names.length === 0
      ? `${parent.name} has no elements within`
      : names.length <= 12
        ? `${parent.name} may hold ${names.join(', ')}`
        : 'correct its name or take it out';
  addMistake(
    findings,
    place,
    `there is no element ${child.name} in ${nameXml(parent)}${hint(child.name, names)}: ${offer}`,
  );
  return [];
}

/** Canonical values by canonical names; `written` is told under which names they stand. */
function checkAttributes(
  xml: XmlElement,
  schema: ElementSchema,
  place: Place,
  findings: Findings,
  written: Map<string, string>,
): Record<string, string> {
  const names = canonicalNames(schema);
  const values = new Map<string, string>();
  for (const { name, value, at } of xml.attributes) {
    const canonical = names.get(name);
    const attribute = canonical === undefined ? undefined : schema.attributes[canonical];
    const here = { ...place, at };
    if (canonical === undefined || attribute === undefined) {
      const offer = hint(name, names.keys());
      addMistake(
        findings,
        here,
        `${nameXml(xml)} has no attribute ${name}${offer}: correct its name or take it out`,
      );
      continue;
    }
    const other = written.get(canonical);
    if (other !== undefined) {
      addMistake(
        findings,
        here,
        `${nameXml(xml)} has both ${other} and ${name}, which mean the same: leave one out`,
      );
      continue;
    }
    written.set(canonical, name);
    const reading = readValue(attribute, value);
    if (reading.kind === 'refused') {
      addMistake(findings, here, `Attribute ${name} of ${nameXml(xml)} ${reading.reason}`);
    } else if (isKept(attribute, reading.value)) {
      values.set(canonical, reading.value);
    }
  }
  for (const [name, { isRequired }] of Object.entries(schema.attributes)) {
    if (isRequired && !written.has(name)) {
      addMistake(findings, place, `${nameXml(xml)} lacks the attribute ${name}: add it`);
    }
  }
  // The schema's order, so that the same element is the same text wherever it is written.
  return Object.fromEntries(
    Object.keys(schema.attributes).flatMap((name) => {
      const value = values.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Defaults say nothing, and neither does an optional text that is empty. */
function isKept({ type, default: usual }: AttributeSchema, value: string): boolean {
  if (type.is === 'ignored' || value === usual) return false;
  return value !== '' || usual !== undefined;
}

const namesBySchema = new WeakMap<ElementSchema, ReadonlyMap<string, string>>();

/** Canonical names by every name that an attribute may be written under. */
function canonicalNames(schema: ElementSchema): ReadonlyMap<string, string> {
  const known = namesBySchema.get(schema);
  if (known !== undefined) return known;
  const names = new Map(
    Object.entries(schema.attributes).flatMap(([name, { aliases }]) =>
      [name, ...aliases].map((written): [string, string] => [written, name]),
    ),
  );
  namesBySchema.set(schema, names);
  return names;
}
