/** How the elements of a configuration are described: the words in which the schema is written down as data. */

/** What a value of an attribute may be. */
export type ValueType =
  | Readonly<{ is: 'text' }>
  | Readonly<{ is: 'boolean' }>
  | Readonly<{ is: 'integer'; minimum: number; maximum: number }>
  | Readonly<{ is: 'date' }>
  /** One of several names; where the documentation gives numbers, they may be written instead. */
  | Readonly<{ is: 'choice'; names: readonly string[]; numbers: readonly number[] }>
  /** The identifier of an element of one of these kinds. */
  | Readonly<{ is: 'reference'; to: readonly string[] }>
  /** `EntityType:Property`. */
  | Readonly<{ is: 'binding' }>
  /** An identifier with a rule of its own. */
  | Readonly<{ is: 'identifier'; rule: IdentifierRule }>
  /** A path such as `/Jobs/Task/Query`. */
  | Readonly<{ is: 'permission' }>
  /** Names separated by spaces. */
  | Readonly<{ is: 'names' }>
  | Readonly<{ is: 'schedule' }>
  /** Accepted and without a meaning here; not kept. */
  | Readonly<{ is: 'ignored' }>;

export type IdentifierRule = 'any' | 'connector' | 'connection' | 'entity-type' | 'property';

export type AttributeSchema = Readonly<{
  type: ValueType;
  isRequired: boolean;
  /** The canonical value that counts where none is written, and that is therefore not kept. */
  default?: string;
  /** Other names that documentation gives the same attribute. */
  aliases: readonly string[];
}>;

export type ElementSchema = Readonly<{
  attributes: Readonly<Record<string, AttributeSchema>>;
  /** Children by name; they may stand in any number unless `atMostOne` names them. */
  children: Readonly<Record<string, ElementSchema>>;
  /** Children that may be there once. */
  atMostOne: readonly string[];
  /** Children that are known and have no effect here. */
  withoutEffect: readonly string[];
}>;

/** What an element at the top of a file is known by. */
export type Identity = 'Identifier' | 'Profile' | 'job';
export type TopElementSchema = ElementSchema & Readonly<{ identity: Identity }>;

type Extras = Readonly<{ default?: string; aliases?: readonly string[] }>;

function attribute(type: ValueType, { default: value, aliases = [] }: Extras = {}): AttributeSchema {
  return { type, isRequired: false, aliases, ...(value === undefined ? {} : { default: value }) };
}

export function required(schema: AttributeSchema): AttributeSchema {
  return { ...schema, isRequired: true };
}

export function text(...aliases: readonly string[]): AttributeSchema {
  return attribute({ is: 'text' }, { aliases });
}

/** A boolean that is false unless said otherwise. */
export function flag(value: 'false' | 'true' = 'false'): AttributeSchema {
  return attribute({ is: 'boolean' }, { default: value });
}

/** An Int32. */
export function integer(value?: number, minimum = -(2 ** 31), maximum = 2 ** 31 - 1): AttributeSchema {
  return attribute(
    { is: 'integer', minimum, maximum },
    value === undefined ? {} : { default: String(value) },
  );
}

/** A threshold: a count, or a percentage of what is stored; 0 switches it off. */
export function threshold(value: number, ...aliases: readonly string[]): AttributeSchema {
  return attribute({ is: 'integer', minimum: 0, maximum: 2 ** 31 - 1 }, { default: String(value), aliases });
}

/** An enumeration whose names are numbered from 0; the first one, or `value`, is the default. */
export function choice(names: readonly string[], value: string | undefined = names[0]): AttributeSchema {
  return numberedChoice(
    names.map((name, number) => [name, number]),
    value,
  );
}

/** An enumeration with numbers of its own. */
export function numberedChoice(
  entries: readonly (readonly [name: string, number: number])[],
  value?: string,
): AttributeSchema {
  const type: ValueType = {
    is: 'choice',
    names: entries.map(([name]) => name),
    numbers: entries.map(([, number]) => number),
  };
  return attribute(type, value === undefined ? {} : { default: value });
}

/** An enumeration whose numbers nobody has published. */
export function namedChoice(names: readonly string[], value: string): AttributeSchema {
  return attribute({ is: 'choice', names, numbers: [] }, { default: value });
}

export function reference(...to: readonly string[]): AttributeSchema {
  return attribute({ is: 'reference', to });
}

export function identifier(rule: IdentifierRule = 'any'): AttributeSchema {
  return required(attribute({ is: 'identifier', rule }));
}

export const date: AttributeSchema = attribute({ is: 'date' });
export const binding: AttributeSchema = attribute({ is: 'binding' });
export const permission: AttributeSchema = attribute({ is: 'permission' });
export const ignored: AttributeSchema = attribute({ is: 'ignored' });

/** Names separated by spaces, in one spelling. */
export function names(value: string): AttributeSchema {
  return attribute({ is: 'names' }, { default: value });
}

export function schedule(...aliases: readonly string[]): AttributeSchema {
  return attribute({ is: 'schedule' }, { aliases });
}

/** `DisplayName_L1` to `DisplayName_L16`, of which the first may be required. */
export function displayNames(isRequired: boolean): Readonly<Record<string, AttributeSchema>> {
  const entries = Array.from({ length: 16 }, (_, index): [string, AttributeSchema] => [
    `DisplayName_L${index + 1}`,
    { ...text(), isRequired: isRequired && index === 0 },
  ]);
  return Object.fromEntries(entries);
}

type ElementParts = Readonly<{
  children?: Readonly<Record<string, ElementSchema>>;
  atMostOne?: readonly string[];
  withoutEffect?: readonly string[];
}>;

export function element(
  attributes: Readonly<Record<string, AttributeSchema>>,
  { children = {}, atMostOne = [], withoutEffect = [] }: ElementParts = {},
): ElementSchema {
  return { attributes, children, atMostOne, withoutEffect };
}

export function topElement(
  identity: Identity,
  attributes: Readonly<Record<string, AttributeSchema>>,
  parts: ElementParts = {},
): TopElementSchema {
  return { identity, ...element(attributes, parts) };
}
