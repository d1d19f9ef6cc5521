/** What is wrong with the attributes of a mapping, held against what both sides have. */
import type { AttributeMapping, MappingDefinition } from '../model/mapping.ts';
import { fitValue, settleValue } from './attribute-values.ts';
import { compileCondition } from './compile-condition.ts';
import type { CompiledMapping } from './compile-mapping.ts';
import { type Expression, type OmittedArgument, parseExpression } from './expression.ts';
import { type KnownNames, missingSource, missingTarget } from './known-names.ts';
import { type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import type { MappedAttribute } from './mapping-side.ts';
import { readTargetPointer } from './target-pointer.ts';

type Row = Readonly<{ mapping: AttributeMapping; path: string }>;

function rowsOf({ attributes }: MappingDefinition): readonly Row[] {
  return attributes.map((mapping, index) => ({ mapping, path: `attributes/${index}` }));
}

/** What rows read of the source that is not there. */
export function checkSources(definition: MappingDefinition, source: KnownNames): readonly MappingMistake[] {
  return rowsOf(definition).flatMap(({ mapping, path }) => [
    ...checkSource(mapping.source, `${path}/source`, source),
    ...checkReads(mapping.condition, `${path}/condition`, 'object', source),
  ]);
}

function checkSource(
  source: AttributeMapping['source'],
  path: string,
  names: KnownNames,
): readonly MappingMistake[] {
  switch (source.kind) {
    case 'attribute':
      return [missingSource(names, source.name, `${path}/name`)].filter(isMistake);
    case 'expression':
      return checkExpressionReads(source.text, `${path}/text`, names);
    case 'constant':
    case 'reference':
      return [];
  }
}

/** Attributes of an expression that the source has not, each at its place. */
export function checkExpressionReads(
  text: string,
  path: string,
  names: KnownNames,
): readonly MappingMistake[] {
  const parsed = parseExpression(text);
  if (parsed.kind === 'mistake') return [];
  return attributesIn(parsed.expression)
    .map(({ name, position, length }) => missingSource(names, name, path, { position, length }))
    .filter(isMistake);
}

type Reference = Extract<Expression, { kind: 'attribute' }>;

function attributesIn(expression: Expression | OmittedArgument): readonly Reference[] {
  switch (expression.kind) {
    case 'attribute':
      return [expression];
    case 'call':
      return expression.arguments.flatMap(attributesIn);
    case 'comparison':
      return [...attributesIn(expression.left), ...attributesIn(expression.right)];
    case 'concatenation':
      return expression.parts.flatMap(attributesIn);
    case 'text':
    case 'number':
    case 'word':
    case 'omitted':
      return [];
  }
}

/**
 * Attributes of the source that a filter reads and that are not there. With `root`, only those below it, as `object` in conditions;
 * else all.
 */
export function checkReads(
  text: string | undefined,
  path: string,
  root: 'object' | null,
  names: KnownNames,
  hasKey = true,
): readonly MappingMistake[] {
  if (text === undefined) return [];
  const compiled = compileCondition(text, path);
  if (compiled.kind === 'mistake') return [];
  const read = compiled.pointers.flatMap((pointer) => {
    if (root === null) return pointer[0] ?? [];
    return pointer[0] === root ? (pointer[1] ?? []) : [];
  });
  return [...new Set(read)].map((name) => missingSource(names, name, path, { hasKey })).filter(isMistake);
}

function isMistake(mistake: MappingMistake | undefined): mistake is MappingMistake {
  return mistake !== undefined;
}

/** What rows write that the target has not, or not like this. */
export function checkTargets(definition: MappingDefinition, target: KnownNames): readonly MappingMistake[] {
  return rowsOf(definition).flatMap(({ mapping, path }) => {
    const pointer = readTargetPointer(mapping.target);
    if (pointer === undefined || mapping.source.kind === 'reference') return [];
    const missing = missingTarget(target, pointer.attribute, `${path}/target`);
    if (missing !== undefined) return [missing];
    const attribute = target.find(pointer.attribute);
    if (attribute === undefined || pointer.path.length > 0) return [];
    const constant =
      mapping.source.kind === 'constant'
        ? checkConstant(mapping.source.value, attribute, `${path}/source/value`)
        : [];
    return [...constant, ...checkConstant(mapping.default, attribute, `${path}/default`)];
  });
}

/** Whether the target can have this value. */
function checkConstant(value: unknown, attribute: MappedAttribute, path: string): readonly MappingMistake[] {
  const settled = settleValue(fitValue(value, attribute));
  if (settled === null) return [];
  const { name, type, isMultiValued, choices } = attribute;
  if (Array.isArray(settled) && !isMultiValued) {
    return [mistakeAt(path, `${name} has one value, and this is a list: write a single value.`)];
  }
  const values: readonly unknown[] = Array.isArray(settled) ? settled : [settled];
  const wrong = values.find((single) => !isOfType(single, type));
  if (wrong !== undefined) {
    return [mistakeAt(path, `${name} is ${typeWords[type ?? ''] ?? type}, and this is not.`)];
  }
  const strange = values.find((single) => choices !== undefined && !choices.includes(String(single)));
  if (strange === undefined) return [];
  return [mistakeAt(path, `${name} cannot be ${JSON.stringify(strange)}: choose ${choices?.join(', ')}.`)];
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  instant: 'an instant such as 2026-11-30T08:00:00Z',
  date: 'a date such as 2026-11-30',
};

const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const dateForm = /^\d{4}-\d\d-\d\d$/;

function isOfType(value: unknown, type: string | null): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'instant':
      return typeof value === 'string' && instantForm.test(value);
    case 'date':
      return typeof value === 'string' && dateForm.test(value);
    default:
      return true;
  }
}

/** Two rows that both always set the same: which of them is meant? */
export function checkDoubles(definition: MappingDefinition): readonly MappingMistake[] {
  const first = new Map<string, number>();
  return rowsOf(definition).flatMap(({ mapping, path }, index) => {
    if (mapping.condition !== undefined) return [];
    const name = mapping.target.replace(/^\//, '');
    const earlier = first.get(name);
    if (earlier !== undefined) {
      const message = `${mapping.target} has a value already, from row ${earlier + 1}: remove one of the two, or give them conditions.`;
      return [mistakeAt(`${path}/target`, message)];
    }
    first.set(name, index);
    return [];
  });
}

/** Attributes that the target requires and no row sets. */
export function missingRequired(definition: MappingDefinition, target: KnownNames): readonly string[] {
  const written = new Set(
    definition.attributes.map((mapping) => readTargetPointer(mapping.target)?.attribute),
  );
  return target.side.attributes
    .filter(({ name, isRequired }) => isRequired && !written.has(name))
    .map(({ name }) => name);
}

/** SelectUniqueValue anywhere but on creation would give another value each time. */
export function checkUniqueRows(mapping: CompiledMapping): readonly MappingMistake[] {
  return mapping.rows.flatMap(({ index, alternatives, apply, target }) =>
    alternatives !== null && apply === 'always'
      ? [
          mistakeAt(
            `attributes/${index}/apply`,
            `SelectUniqueValue chooses a value for a new object: set "apply" of ${target} to on-create.`,
          ),
        ]
      : [],
  );
}

/** What rows do that may be a surprise. */
export function remarkRows(
  mapping: CompiledMapping,
  source: KnownNames | null,
  target: KnownNames | null,
): readonly MappingMistake[] {
  return mapping.rows.flatMap((row) => {
    const path = `attributes/${row.index}`;
    const remarks: MappingMistake[] = [];
    if (!row.isDeterministic && row.apply === 'always') {
      const message = `${row.target} gets another value each time it is evaluated, so every run writes it again: set "apply" to on-create if it is for new objects.`;
      remarks.push(mistakeAt(`${path}/source`, message));
    }
    const from = mapping.definition.attributes[row.index]?.source;
    const read = from?.kind === 'attribute' ? source?.find(from.name) : undefined;
    const written = row.pointer.path.length === 0 ? target?.find(row.pointer.attribute) : undefined;
    if (read?.isMultiValued && written?.isMultiValued === false && read.name === writtenName(from)) {
      const message = `${read.name} can have several values and ${written.name} has one: objects with several will be refused. Item([${read.name}], 1) takes the first.`;
      remarks.push(mistakeAt(`${path}/source`, message));
    }
    return remarks;
  });
}

function writtenName(source: AttributeMapping['source'] | undefined): string | undefined {
  return source?.kind === 'attribute' ? source.name : undefined;
}
