/** Attributes of an identity as the fields of a form have them, which are texts, and back. */
import type { IdentityTypeDetails } from '../../../../src/http/schemas/identities.ts';
import type { IdentityAttributes } from '../../data/identities.ts';
import { t } from '../../texts/identities.ts';

export type Attribute = IdentityTypeDetails['attributes'][number];
export type FormValues = Record<string, string>;

/** What people look for on a form whether it has a value or not. */
const usualNames = ['displayName', 'accountStatus', 'telephoneNumber', 'description'];

/** The attributes that a form shows at first: what is required, usual, or has a value. */
export function shownAtFirst(type: IdentityTypeDetails, values: IdentityAttributes): readonly string[] {
  return type.attributes
    .filter(
      ({ name, isRequired, isCustom }) =>
        isRequired || isCustom || usualNames.includes(name) || name in values,
    )
    .map(({ name }) => name);
}

export function toForm(type: IdentityTypeDetails, values: IdentityAttributes): FormValues {
  return Object.fromEntries(type.attributes.map(({ name }) => [name, textOf(values[name])]));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(String).join('\n') : String(value);
}

/** The attributes whose fields are others than before; null where a field was emptied. */
export function changedAttributes(
  type: IdentityTypeDetails,
  before: FormValues,
  after: FormValues,
): IdentityAttributes {
  const changed = type.attributes.filter(({ name }) => (before[name] ?? '') !== (after[name] ?? ''));
  return Object.fromEntries(
    changed.map((attribute) => [attribute.name, readValue(attribute, after[attribute.name] ?? '')]),
  );
}

function readValue({ type, isMultiValued }: Attribute, text: string): unknown {
  const one = (written: string): unknown => {
    if (type === 'boolean') return written === 'true';
    return type === 'integer' || type === 'number' ? Number(written) : written;
  };
  if (isMultiValued) {
    const lines = text.split('\n').map((line) => line.trim());
    const values = lines.filter((line) => line !== '').map(one);
    return values.length === 0 ? null : values;
  }
  return text.trim() === '' ? null : one(type === 'string' ? text : text.trim());
}

/** What is wrong with a field, as far as it can be said before it is sent; undefined where nothing is. */
export function mistakeOf(
  { type, isRequired, label, isMultiValued }: Attribute,
  text: string,
): string | undefined {
  if (text.trim() === '') return isRequired ? t('identityForm.required', { label }) : undefined;
  const isNumber = type === 'integer' || type === 'number';
  const values = isMultiValued ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  return isNumber && values.some((one) => Number.isNaN(Number(one)))
    ? t('identityForm.number', { label })
    : undefined;
}
