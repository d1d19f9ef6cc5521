/** Elements while a configuration is being read: canonical values beside the schema that they follow and the places they come from. */
import type { ChildElement, ConfigurationElement } from './configuration.ts';
import type { ElementSchema } from './element-schema.ts';
import type { Place } from './mistakes.ts';
import type { XmlElement } from './xml-document.ts';

/** An element of the files. Its attributes are put right while references are resolved. */
export type Draft = Readonly<{
  kind: string;
  schema: ElementSchema;
  attributes: Record<string, string>;
  children: readonly Draft[];
  place: Place;
  /** Where an attribute stands; the element's own place where it is missing. */
  placeOfAttribute: (name: string) => Place;
}>;

/** An element at the top of a file. */
export type TopDraft = Draft & Readonly<{ identifier: string }>;

/** A draft's places, from the XML that it was made of. `writtenNames` are the names in the file of canonical attribute names. */
export function placesOfDraft(
  xml: XmlElement,
  place: Place,
  writtenNames: ReadonlyMap<string, string>,
): Pick<Draft, 'place' | 'placeOfAttribute'> {
  return {
    place,
    placeOfAttribute: (name) => {
      const written = writtenNames.get(name);
      const attribute = xml.attributes.find((attribute) => attribute.name === written);
      return attribute === undefined ? place : { ...place, at: attribute.at };
    },
  };
}

/** A draft as the configuration keeps it. */
export function toElement({ kind, identifier, attributes, children }: TopDraft): ConfigurationElement {
  // What identifies an element stands beside its attributes, and is one of them only where it is called otherwise.
  const { Identifier: _, ...others } = attributes;
  return { kind, identifier, attributes: others, children: children.map(toChild) };
}

function toChild({ kind, attributes, children }: Draft): ChildElement {
  return { kind, attributes: { ...attributes }, children: children.map(toChild) };
}

/** How an element is named in a sentence: its kind and identifier, or the kind alone. */
export function nameDraft({ kind, attributes }: Draft): string {
  return attributes.Identifier === undefined ? kind : `${kind} ${attributes.Identifier}`;
}

/** The children of one kind. */
export function childDrafts({ children }: Draft, kind: string): readonly Draft[] {
  return children.filter((child) => child.kind === kind);
}
