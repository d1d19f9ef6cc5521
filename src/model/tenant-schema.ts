/** The schema of a tenant as it says itself: which entity types have which attributes, and which directory extensions it knows. */

export type TenantSchema = Readonly<{
  types: readonly SchemaType[];
  extensions: readonly SchemaExtension[];
  /** Why extensions could not be asked for, in a sentence; null where they were. */
  extensionsProblem: string | null;
}>;

export type SchemaType = Readonly<{ name: string; attributes: readonly SchemaAttribute[] }>;

export type SchemaAttribute = Readonly<{
  name: string;
  /** Without a namespace, such as `String` or `assignedLicense`. */
  type: string;
  /** Whether it has any number of values. */
  isCollection: boolean;
}>;

/** A directory extension: an attribute that an application of the tenant defines. */
export type SchemaExtension = SchemaAttribute &
  Readonly<{
    /** The entity types that can have it. */
    entityTypes: readonly string[];
    /** The application that defines it, by its name; null where the tenant does not say. */
    application: string | null;
  }>;
