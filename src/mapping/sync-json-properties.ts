/** The properties of an imported mapping as attributes. Source: reconciliation reference, A.2. */
import { printExpression } from './expression.ts';
import { readTransform } from './script-patterns.ts';
import { scopeFilter } from './sync-json-filters.ts';
import {
  type ImportReport,
  isObject,
  type Json,
  leftOut,
  leftOutRestriction,
  scriptOf,
  shown,
  takenOver,
  translated,
  withoutEffect,
} from './sync-json-report.ts';

type Renaming = (name: string) => string;
export type SideRenamings = Readonly<{ source: Renaming; target: Renaming }>;

/** Attributes as files have them: `readMapping` fills in the rest. */
export function importProperties(
  properties: unknown,
  path: string,
  renamings: SideRenamings,
  report: ImportReport,
): readonly Json[] {
  if (!Array.isArray(properties)) {
    leftOut(report, path, 'The properties are no list.', 'Add the attributes by hand.');
    return [];
  }
  const imported = properties.map((property: unknown, index) =>
    importProperty(property, `${path}/${index}`, renamings, report),
  );
  const attributes = imported.filter((attribute) => attribute !== undefined);
  const written = new Set(attributes.map(({ target }) => target));
  for (const [index, property] of properties.entries()) {
    if (imported[index] !== undefined || !isObject(property) || typeof property.target !== 'string') continue;
    const target = renamePointer(property.target, renamings.target);
    if (!written.has(target)) continue;
    leftOutRestriction(
      report,
      `${path}/${index}`,
      `Without this property, ${target} would be what another one says.`,
      'Look at all attributes that set it.',
    );
  }
  return attributes;
}

const knownMembers = ['source', 'target', 'transform', 'condition', 'default'];

function importProperty(
  property: unknown,
  path: string,
  renamings: SideRenamings,
  report: ImportReport,
): Json | undefined {
  if (!isObject(property) || typeof property.target !== 'string' || property.target === '') {
    leftOut(report, path, 'The property names no attribute of the target.', 'Add the attribute by hand.');
    return undefined;
  }
  const target = renamePointer(property.target, renamings.target);
  const source = importSource(property, path, renamings, report);
  if (source === undefined) return undefined;
  const { condition: given } = property;
  const condition =
    given === undefined || given === null
      ? undefined
      : scopeFilter(given, { object: renamings.source, target: renamings.target });
  if (condition === undefined && given !== undefined && given !== null) {
    leftOut(
      report,
      `${path}/condition`,
      `${target} is left out, because it is set under a condition that is a script, or that asks for old values.`,
      'Add the attribute with a query filter on object, target or linkQualifier.',
    );
    return undefined;
  }
  for (const name of Object.keys(property).filter((member) => !knownMembers.includes(member))) {
    withoutEffect(report, `${path}/${name}`, 'A property here has no such member.');
  }
  const { default: fallback } = property;
  return {
    target,
    source: source.value,
    ...(condition === undefined ? {} : { condition }),
    ...(fallback === undefined || fallback === null || source.isDefault ? {} : { default: fallback }),
    apply: 'always',
    ifEmpty: 'clear',
  };
}

type ImportedSource = Readonly<{
  value: Json;
  /** Whether the value is the property's default already. */
  isDefault: boolean;
}>;

function importSource(
  { source, target, transform, default: fallback }: Json,
  path: string,
  renamings: SideRenamings,
  report: ImportReport,
): ImportedSource | undefined {
  const pointer = typeof source === 'string' ? renamePointer(source, renamings.source) : undefined;
  const isWhole = pointer === '';
  if (transform !== undefined && transform !== null) {
    const script = scriptOf(transform);
    const place = pointer === undefined || isWhole ? 'object' : { attribute: pointer };
    const expression =
      script === undefined || pointer === undefined
        ? undefined
        : readTransform(script, place, renamings.source);
    if (expression === undefined) {
      leftOut(
        report,
        `${path}/transform`,
        `${shown(target)} is left out, because its value is made by a script.`,
        'Write what the script does as an expression.',
      );
      return undefined;
    }
    const text = printExpression(expression);
    translated(
      report,
      `${path}/transform`,
      `The script became ${text}, which gives the same where its attributes have one text each; an attribute without a value gives no text instead of "null" or a failure.`,
    );
    return {
      value:
        expression.kind === 'attribute'
          ? { kind: 'attribute', name: expression.name }
          : { kind: 'expression', text },
      isDefault: false,
    };
  }
  if (pointer === undefined) {
    takenOver(report, path, `${shown(target)} has a fixed value.`);
    return { value: { kind: 'constant', value: fallback ?? null }, isDefault: true };
  }
  if (isWhole) {
    leftOut(
      report,
      `${path}/source`,
      `${shown(target)} is left out, because its value is the whole source object.`,
      'Map single attributes.',
    );
    return undefined;
  }
  takenOver(report, path, `${shown(target)} comes from ${pointer}.`);
  return { value: { kind: 'attribute', name: pointer }, isDefault: false };
}

/** A pointer without its leading slash, with the attribute under its name here. */
function renamePointer(pointer: string, rename: Renaming): string {
  const [first = '', ...rest] = pointer.replace(/^\//, '').split('/');
  return [first === '' ? '' : rename(first), ...rest].join('/');
}
