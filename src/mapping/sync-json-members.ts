/** The members of an imported mapping, one by one: which become something here, and which have no equivalent. */
import type { MappingDefinition } from '../model/mapping.ts';
import { sideFilter, sourceConditionFilter } from './sync-json-filters.ts';
import { importProperties, type SideRenamings } from './sync-json-properties.ts';
import {
  type ImportReport,
  isObject,
  type Json,
  leftOut,
  leftOutRestriction,
  shown,
  takenOver,
  translated,
  withoutEffect,
} from './sync-json-report.ts';
import { importCorrelation, importPolicies } from './sync-json-rules.ts';

export type Member = Readonly<{
  mapping: Json;
  path: string;
  renamings: SideRenamings;
  report: ImportReport;
}>;
export type Part = Json & Readonly<{ settings?: Json }>;

/** Where a member of a mapping goes. */
export function importMember(name: string, value: unknown, member: Member): Part {
  if (value === undefined || value === null || ownMembers.includes(name)) return {};
  const importer = ownMember(importers, name);
  if (importer !== undefined) return importer(value, member);
  const { path, report } = member;
  const idle = ownMember(idleMembers, name);
  if (idle !== undefined) {
    withoutEffect(report, path, idle);
    return {};
  }
  const script = ownMember(scriptMembers, name);
  if (script === undefined) {
    leftOut(
      report,
      path,
      `${name} is not known here.`,
      'Look up what it does, and whether anything here does it.',
    );
  } else {
    const leave = script.isRestriction ? leftOutRestriction : leftOut;
    leave(report, path, `${name} is left out, because scripts have no equivalent.`, script.remedy);
  }
  return {};
}

function ownMember<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const ownMembers = ['_id', '_rev', 'name', 'source', 'target'];

type Importer = (value: unknown, member: Member) => Part;

const setting =
  (name: keyof MappingDefinition['settings'], message: string): Importer =>
  (value, { path, report }) => {
    if (typeof value !== 'boolean') {
      leftOut(report, path, 'It is neither true nor false.', 'Set it by hand.');
      return {};
    }
    takenOver(report, path, message);
    return { settings: { [name]: value } };
  };

const importers: Readonly<Record<string, Importer>> = {
  displayName: (value, { path, report }) => {
    takenOver(report, path, 'The name that people see.');
    return typeof value === 'string' ? { displayName: value } : {};
  },
  links: (value, { path, report }) => {
    takenOver(report, path, `It uses the account links of ${shown(value)}.`);
    return { linksOf: value };
  },
  linkQualifiers: importQualifiers,
  properties: (value, { path, renamings, report }) => ({
    attributes: importProperties(value, path, renamings, report),
  }),
  policies: (value, { path, renamings, report }) => ({
    policies: importPolicies(value, path, renamings, report),
  }),
  correlationQuery: (value, { path, renamings, report }) => ({
    correlation: importCorrelation(value, path, renamings, report),
  }),
  sourceCondition: importSourceCondition,
  sourceQuery: importQuery('filterSource', 'source'),
  targetQuery: importQuery('filterTarget', 'target'),
  enableLinking: setting('isLinking', 'Whether links are kept.'),
  runTargetPhase: setting('runsTargetPhase', 'Whether full runs look at the target, too.'),
  allowEmptySourceSet: setting('allowsEmptySource', 'Whether the source may be empty.'),
  correlateEmptyTargetSet: setting('correlatesEmptyTarget', 'Whether an empty target is searched.'),
  sourceIdsCaseSensitive: setting('isSourceKeyCaseSensitive', 'Whether case counts in keys of the source.'),
  targetIdsCaseSensitive: setting('isTargetKeyCaseSensitive', 'Whether case counts in keys of the target.'),
};

function importQualifiers(value: unknown, { path, report }: Member): Part {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')) {
    takenOver(report, path, `The link qualifiers ${value.join(', ')}.`);
    return { linkQualifiers: value.map((name: string) => ({ name })) };
  }
  leftOutRestriction(
    report,
    path,
    'Which link qualifiers an object has is decided by a script.',
    'Name the link qualifiers, each with a query filter on the source as its condition.',
  );
  return {};
}

function importSourceCondition(value: unknown, { path, renamings, report }: Member): Part {
  const sourceCondition = sourceConditionFilter(value, renamings.source);
  if (sourceCondition !== undefined) {
    translated(report, path, `The condition is ${sourceCondition}.`);
    return { sourceCondition };
  }
  leftOutRestriction(
    report,
    path,
    'The condition on source objects is a script, or a filter that has no equivalent.',
    'Write it as a query filter, a scoping filter or an expression.',
  );
  return {};
}

/** Members of a query that do not choose objects. */
const queryDetails = ['_fields', '_pageSize', '_sortKeys', '_totalPagedResultsPolicy', 'resourceName'];

function importQuery(filter: 'filterSource' | 'filterTarget', side: 'source' | 'target'): Importer {
  return (value, { mapping, path, renamings, report }) => {
    const query = isObject(value) ? value : {};
    const others = Object.keys(query).filter(
      (name) => !queryDetails.includes(name) && name !== '_queryFilter',
    );
    const isAll =
      others.length === 1 && others[0] === '_queryId' && /^query-all(?:-ids)?$/.test(String(query._queryId));
    const isElsewhere = query.resourceName !== undefined && query.resourceName !== mapping[side];
    const text =
      query._queryFilter === undefined ? undefined : sideFilter(query._queryFilter, renamings[side]);
    const isUnderstood =
      isObject(value) &&
      !isElsewhere &&
      (others.length === 0 || isAll) &&
      (text !== undefined || query._queryFilter === undefined);
    if (!isUnderstood) {
      leftOutRestriction(
        report,
        path,
        `Which ${side} objects are reconciled is decided by a query that has no equivalent.`,
        `Write it as a query filter in ${filter}.`,
      );
      return {};
    }
    if (text === undefined || text === 'true') {
      withoutEffect(report, path, `The query asks for all ${side} objects, which is what is usual.`);
      return {};
    }
    translated(
      report,
      path,
      filter === 'filterSource'
        ? `The filter is ${text}. What it leaves out is left alone here, also in the target phase.`
        : `The filter is ${text}. A linked object that it leaves out is not taken for missing here.`,
    );
    return { [filter]: text };
  };
}

const idleMembers: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'taskThreads',
      'feedSize',
      'prefetchLinks',
      'reconSourceQueryPaging',
      'reconSourceQueryPageSize',
      'reconTargetQueryPaging',
      'reconTargetQueryPageSize',
      'clusteredSourceReconEnabled',
      'sourceQueryFullEntry',
      'targetQueryFullEntry',
      'defaultSourceFields',
      'defaultTargetFields',
      'reconProgressStateUpdateInterval',
    ].map((name) => [name, 'How a run goes through the objects is not set here.']),
  ),
  enableSync: 'Nothing is synchronized here besides runs and their schedules.',
  triggerSyncProperties: 'An incremental run looks at what has changed, and writes only what differs.',
  queuedSync: 'Changes wait in the log until the next run, and entries that fail are tried again.',
  persistAssociations: 'The entries of the last runs are kept.',
  reconAssociation: 'The entries of the last runs are kept.',
  icon: 'Pictures are not shown.',
  consentRequired: 'End users are not asked for consent.',
};

type ScriptMember = Readonly<{
  remedy: string;
  /** Whether it may refuse objects or change what is written. */
  isRestriction: boolean;
}>;

const hook: ScriptMember = {
  remedy: 'Write what it sets as attributes with expressions and conditions.',
  isRestriction: true,
};
const conclusion: ScriptMember = {
  remedy: 'Let another program read the results of each run.',
  isRestriction: false,
};

const scriptMembers: Readonly<Record<string, ScriptMember>> = {
  validSource: {
    remedy: 'Write it as the scope: a query filter, a scoping filter or an expression.',
    isRestriction: true,
  },
  validTarget: { remedy: 'Write it as a query filter on the target.', isRestriction: true },
  correlationScript: { remedy: 'Add a correlation rule.', isRestriction: true },
  onCreate: hook,
  onUpdate: hook,
  onDelete: hook,
  onLink: hook,
  onUnlink: hook,
  onMapping: hook,
  defaultMapping: hook,
  onRecon: hook,
  result: conclusion,
  postMapping: conclusion,
};
