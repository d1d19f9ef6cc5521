/** What is known of the objects on one side of a mapping: their attributes and links. */

export type MappedAttribute = Readonly<{
  name: string;
  /** `string`, `boolean`, `integer`, `number`, `instant`, `date`, or the system's own word for it; null where nobody says. */
  type: string | null;
  isMultiValued: boolean;
  /** An object without it is refused. */
  isRequired: boolean;
  /** No two objects of the type have the same value. */
  isUnique: boolean;
  /** All values that there may be; any where it is left out. */
  choices?: readonly string[];
}>;

export type MappedSide = Readonly<{
  attributes: readonly MappedAttribute[];
  /** `targets`: the types that a link may lead to; any where it is left out. */
  links: readonly Readonly<{ name: string; targets?: readonly string[] }>[];
}>;
