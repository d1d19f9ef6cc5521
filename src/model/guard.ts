/** Guards: how much one synchronization may change before a person has to look at it. */

/** Limits on what a set inserts, updates and deletes; 0 switches one off. Counts are absolute, percentages of what is stored. */
export type Thresholds = Readonly<{
  insertedCount: number;
  updatedCount: number;
  deletedCount: number;
  insertedPercent: number;
  updatedPercent: number;
  deletedPercent: number;
}>;

/** The guards of a connection. All limits that are not 0 hold together. */
export type Guards = Readonly<{
  /** On the resources of all entity types together. */
  resources: Thresholds;
  /** On all links together; links are never updated. */
  links: Thresholds;
  /** On the resources of one entity type, by its name. */
  entityTypes: Readonly<Record<string, Thresholds>>;
  /** On one kind of link, by the name of its class, such as `group.members`. */
  associations: Readonly<Record<string, Thresholds>>;
}>;

export const noThresholds: Thresholds = {
  insertedCount: 0,
  updatedCount: 0,
  deletedCount: 0,
  insertedPercent: 0,
  updatedPercent: 0,
  deletedPercent: 0,
};

/** The limits that a connection has where nobody says otherwise (Identity Manager, Connector: synchronization thresholds). */
export const defaultGuards: Guards = {
  resources: {
    insertedCount: 100,
    updatedCount: 100,
    deletedCount: 100,
    insertedPercent: 5,
    updatedPercent: 5,
    deletedPercent: 5,
  },
  links: {
    ...noThresholds,
    insertedCount: 1000,
    deletedCount: 1000,
    insertedPercent: 5,
    deletedPercent: 5,
  },
  entityTypes: {},
  associations: {},
};

/** Without limits. What cannot be believed, such as an empty answer, asks all the same. */
export const noGuards: Guards = {
  resources: noThresholds,
  links: noThresholds,
  entityTypes: {},
  associations: {},
};
