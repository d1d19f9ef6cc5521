/** What the objects of a system that can be written to are made of: attributes and links, each with what the system demands of it. */

/** The kinds of values. `instant` is text in the form of RFC 3339; `date` is its first ten characters. */
export const valueTypes = ['string', 'boolean', 'integer', 'number', 'instant', 'date'] as const;
export type ValueType = (typeof valueTypes)[number];

export type ObjectAttribute = Readonly<{
  name: string;
  /** As people call it. */
  label: string;
  description: string;
  type: ValueType;
  isMultiValued: boolean;
  /** An object without it is refused. */
  isRequired: boolean;
  /** No two objects of the type have the same value, whatever its case. */
  isUnique: boolean;
  /** All values that there may be; any where it is left out. */
  choices?: readonly string[];
  /** The most characters of a text. */
  maximumLength: number;
}>;

/** A kind of links that lead from the objects of a type. */
export type ObjectLink = Readonly<{
  name: string;
  label: string;
  description: string;
  /** The types that it may lead to. */
  targets: readonly string[];
  isMultiValued: boolean;
}>;

export type ObjectSchema = Readonly<{
  /** The name of the type. */
  name: string;
  label: string;
  attributes: readonly ObjectAttribute[];
  links: readonly ObjectLink[];
}>;
