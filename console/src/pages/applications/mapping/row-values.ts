/** One row of a mapping: how it is written in a line, and the fields that it is edited in. */
import type { MappingSide, SideAttribute } from '../../../../../src/http/schemas/mappings.ts';
import { t } from '../../../texts/mappings.ts';
import type { AttributeRow } from './mapping-values.ts';

export const kinds = ['attribute', 'constant', 'expression', 'reference'] as const;
export type Kind = (typeof kinds)[number];

/** What is typed. Fields of other kinds stay as they are, so that going back loses nothing. */
export type RowFields = Readonly<{
  target: string | null;
  kind: Kind;
  name: string | null;
  constant: string;
  text: string;
  link: string | null;
  /** Null for the mapping itself. */
  through: string | null;
  apply: AttributeRow['apply'];
  ifEmpty: AttributeRow['ifEmpty'];
  default: string;
  condition: string;
}>;

export const newRow: RowFields = {
  target: null,
  kind: 'attribute',
  name: null,
  constant: '',
  text: '',
  link: null,
  through: null,
  apply: 'always',
  ifEmpty: 'clear',
  default: '',
  condition: '',
};

export function fieldsOf(row: AttributeRow): RowFields {
  const { target, source, apply, ifEmpty, condition = '' } = row;
  return {
    ...newRow,
    target,
    kind: source.kind,
    apply,
    ifEmpty,
    condition,
    default: row.default === undefined ? '' : writeConstant(row.default),
    ...(source.kind === 'attribute' && { name: source.name }),
    ...(source.kind === 'constant' && { constant: writeConstant(source.value) }),
    ...(source.kind === 'expression' && { text: source.text }),
    ...(source.kind === 'reference' && { link: source.link, through: source.mapping ?? null }),
  };
}

/** The row that fields stand for; what is not filled in yet is empty, and a mistake. */
export function rowOf(fields: RowFields, target: MappingSide): AttributeRow {
  const attribute = target.attributes.find(({ name }) => name === fields.target);
  return {
    target: fields.target ?? '',
    source: sourceOf(fields, attribute),
    ...(fields.condition.trim() !== '' && { condition: fields.condition }),
    ...(fields.default !== '' && { default: readConstant(fields.default, attribute) }),
    apply: fields.apply,
    ifEmpty: fields.ifEmpty,
  };
}

function sourceOf(fields: RowFields, attribute: SideAttribute | undefined): AttributeRow['source'] {
  switch (fields.kind) {
    case 'attribute':
      return { kind: 'attribute', name: fields.name ?? '' };
    case 'constant':
      return { kind: 'constant', value: readConstant(fields.constant, attribute) };
    case 'expression':
      return { kind: 'expression', text: fields.text };
    case 'reference':
      return {
        kind: 'reference',
        link: fields.link ?? '',
        ...(fields.through !== null && { mapping: fields.through }),
      };
  }
}

const textTypes = ['string', 'instant', 'date'];

/** A constant as it is typed: a text as it is, anything else as JSON. */
function writeConstant(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is typed, as the attribute has it: for a text itself, for lists, numbers and truth values what it says as JSON. */
function readConstant(typed: string, attribute: SideAttribute | undefined): unknown {
  const isText = textTypes.includes(attribute?.type?.toLowerCase() ?? 'string');
  const isList = attribute?.isMultiValued === true && typed.trim().startsWith('[');
  if (isText && !isList) return typed;
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}

/** A source in a line: `source.givenName`, a constant as JSON, an expression as it is written. */
export function describeSource(source: AttributeRow['source']): string {
  switch (source.kind) {
    case 'attribute':
      return `source.${source.name}`;
    case 'constant':
      return JSON.stringify(source.value) ?? '';
    case 'expression':
      return source.text;
    case 'reference':
      return source.mapping === undefined
        ? t('mappings.referenceOwn', { link: `source.${source.link}` })
        : t('mappings.referenceText', { link: `source.${source.link}`, mapping: source.mapping });
  }
}

/** What else a row says, in few words each. */
export function describeRules({ apply, ifEmpty, condition, ...row }: AttributeRow): readonly string[] {
  return [
    apply === 'on-create' ? t('mappings.onCreate') : [],
    ifEmpty === 'keep' ? t('mappings.keep') : [],
    row.default === undefined ? [] : t('mappings.hasDefault', { value: JSON.stringify(row.default) }),
    condition === undefined ? [] : t('mappings.conditional', { condition }),
  ].flat();
}

/** Attributes as a list to choose from, each with what the system demands of it. */
export function optionsOf(attributes: readonly SideAttribute[], chosen: string | null) {
  const options = attributes.map(({ name, type, isRequired, isUnique, isMultiValued }) => ({
    value: name,
    label: name,
    hint: [
      type ?? [],
      isMultiValued ? t('mappings.several') : [],
      isRequired ? t('mappings.required') : [],
      isUnique ? t('mappings.unique') : [],
    ]
      .flat()
      .join(', '),
  }));
  const isKnown = chosen === null || chosen === '' || options.some(({ value }) => value === chosen);
  return isKnown ? options : [{ value: chosen, label: chosen, hint: '' }, ...options];
}
