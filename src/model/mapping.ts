/**
 * A mapping: how the resources of one entity type are paired with the objects of another, and what is done about each pair. It is
 * what an administrator saves, deploys and exports; `src/mapping/` makes of it what a run evaluates.
 */
import type { Action, Situation } from './reconciliation.ts';

/** An entity type of a connection. Written `Contoso/user` in sentences and on command lines. */
export type ObjectSet = Readonly<{ connection: string; type: string }>;

/** Rules that pair what is not linked yet. Names are attributes of the target; a value is what the mapping would give that attribute. */
export type CorrelationTree =
  | string
  | Readonly<{ any: readonly CorrelationTree[] }>
  | Readonly<{ all: readonly CorrelationTree[] }>;

export type CorrelationRule = Readonly<
  /** Only of this link qualifier; of all where it is left out. */
  { qualifier?: string } & (
    | { match: CorrelationTree }
    /** The value of an expression on the source equals an attribute of the target. */
    | { attribute: string; expression: string }
  )
>;

export type ValueSource =
  | Readonly<{ kind: 'attribute'; name: string }>
  | Readonly<{ kind: 'constant'; value: unknown }>
  | Readonly<{ kind: 'expression'; text: string }>
  /**
   * Links of the source resource, such as `members` or `manager`, as links of the target object: each end is what the account links
   * of `mapping` pair it with; of this mapping where it is left out.
   */
  | Readonly<{ kind: 'reference'; link: string; mapping?: string }>;

export type AttributeMapping = Readonly<{
  /** The attribute of the target. */
  target: string;
  source: ValueSource;
  /** A query filter on `{object, target, linkQualifier}`; where it is not met, the attribute stays as it is. */
  condition?: string;
  /** Instead of no value. */
  default?: unknown;
  /** `on-create`: only when the object is made. */
  apply: 'always' | 'on-create';
  /** What no value means: the attribute is cleared, or stays as it is. */
  ifEmpty: 'clear' | 'keep';
}>;

export type Policy = Readonly<{
  situation: Situation;
  action: Action;
  /** A query filter on `{object, linkQualifier}`. The first policy of a situation whose condition holds decides. */
  condition?: string;
}>;

export type LinkQualifier = Readonly<{
  name: string;
  /** A query filter on the source resource; the qualifier is not its own where it is not met. */
  condition?: string;
}>;

/** How many entries of a run may have an action before a person has to look at it; 0 switches a limit off. All others hold together. */
export type ActionLimit = Readonly<{ count: number; percent: number }>;

export const guardedActions = ['DELETE', 'UNLINK', 'UPDATE', 'CREATE'] as const;
export type GuardedAction = (typeof guardedActions)[number];

export type MappingDefinition = Readonly<{
  /** Unique whatever the case. */
  name: string;
  displayName: string;
  description: string;
  source: ObjectSet;
  target: ObjectSet;
  isEnabled: boolean;
  /** Which source resources the mapping is for: all that is given has to be met. What does not qualify is UNQUALIFIED or SOURCE_IGNORED. */
  scope: Readonly<{
    /** A scoping filter in the form of Microsoft Graph. */
    scopingFilter?: unknown;
    queryFilter?: string;
    /** An expression whose value has to be `True`. */
    expression?: string;
  }>;
  /** A query filter that a source resource has to meet besides; the target phase does not ask it (`sourceCondition`). */
  sourceCondition?: string;
  /** A query filter that target objects have to meet (`validTarget`). */
  validTarget?: string;
  /** Which source resources a run looks at at all. What it leaves out is left alone. */
  filterSource?: string;
  /** Which target objects are correlated with, and looked at in the target phase. */
  filterTarget?: string;
  /** Names the mapping whose account links this one uses, in the same or the other direction. */
  linksOf?: string;
  linkQualifiers: readonly LinkQualifier[];
  /** In order of precedence: the first that finds something decides. */
  correlation: readonly CorrelationRule[];
  attributes: readonly AttributeMapping[];
  policies: readonly Policy[];
  settings: Readonly<{
    /** Without links, each run correlates anew. */
    isLinking: boolean;
    runsTargetPhase: boolean;
    allowsEmptySource: boolean;
    correlatesEmptyTarget: boolean;
    /** Whether the target phase updates linked pairs that Filter Source leaves out, as PingIDM does. */
    updatesOutsideFilter: boolean;
    isSourceKeyCaseSensitive: boolean;
    isTargetKeyCaseSensitive: boolean;
  }>;
  guards: Readonly<Record<GuardedAction, ActionLimit>>;
}>;
