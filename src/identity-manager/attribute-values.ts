/** Values of attributes: what is written → its canonical spelling, or what is wrong with it. */

import { hint } from '../model/nearest-name.ts';
import { readSchedule } from '../schedule/schedule.ts';
import type { AttributeSchema, IdentifierRule, ValueType } from './element-schema.ts';
import { quote } from './mistakes.ts';
import { isReservedWord } from './reserved-words.ts';

export type ValueReading =
  | Readonly<{ kind: 'value'; value: string }>
  /** `reason` continues `Attribute X of Y …`. */
  | Readonly<{ kind: 'refused'; reason: string }>;

/** The canonical spelling of a value. References and bindings are resolved later, when all files are known. */
export function readValue({ type, isRequired }: AttributeSchema, written: string): ValueReading {
  if (isRequired && written.trim() === '') return refuse('is empty: write a value');
  return readType(type, written);
}

function readType(type: ValueType, written: string): ValueReading {
  switch (type.is) {
    case 'text':
    case 'ignored':
      return accept(written);
    case 'reference':
      return accept(written.trim());
    case 'boolean':
      return readBoolean(written.trim());
    case 'integer':
      return readInteger(type, written.trim());
    case 'date':
      return readDate(written.trim());
    case 'choice':
      return readChoice(type, written.trim());
    case 'binding':
      return readBinding(written.trim());
    case 'identifier':
      return readIdentifier(type.rule, written);
    case 'permission':
      return readPermission(written.trim());
    case 'names':
      return readNames(written.trim());
    case 'schedule':
      return readExpression(written);
  }
}

function accept(value: string): ValueReading {
  return { kind: 'value', value };
}

function refuse(reason: string): ValueReading {
  return { kind: 'refused', reason };
}

function readBoolean(value: string): ValueReading {
  if (value === 'true' || value === '1') return accept('true');
  if (value === 'false' || value === '0') return accept('false');
  return refuse(`is ${quote(value)}: write true or false (1 or 0)`);
}

function readInteger(
  { minimum, maximum }: Extract<ValueType, { is: 'integer' }>,
  value: string,
): ValueReading {
  const number = /^[+-]?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= minimum && number <= maximum) return accept(String(number + 0));
  const range =
    maximum < 2 ** 31 - 1
      ? `from ${minimum} to ${maximum}`
      : minimum > -(2 ** 31)
        ? `from ${minimum} on`
        : 'without a fraction, in 32 bits';
  return refuse(`is ${quote(value)}: write a whole number ${range}`);
}

const dateForm = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** Without a time zone, a date is UTC. */
function readDate(value: string): ValueReading {
  if (dateForm.test(value)) {
    const zoned = /(?:Z|[+-]\d{2}:\d{2})$/.test(value.slice(10)) || value.length === 10 ? value : `${value}Z`;
    const date = new Date(zoned.replace(' ', 'T'));
    // A day that no month has would otherwise become one of the next month.
    const dayBegin = new Date(`${value.slice(0, 10)}T00:00:00Z`);
    const isRealDay =
      !Number.isNaN(dayBegin.getTime()) && dayBegin.toISOString().startsWith(value.slice(0, 10));
    if (isRealDay && !Number.isNaN(date.getTime())) return accept(date.toISOString());
  }
  return refuse(`is ${quote(value)}: write a date such as 2030-12-31 or 2030-12-31T23:59:59Z`);
}

function readChoice({ names, numbers }: Extract<ValueType, { is: 'choice' }>, value: string): ValueReading {
  const index = /^\d{1,3}$/.test(value)
    ? numbers.indexOf(Number(value))
    : names.findIndex((name) => name.toLowerCase() === value.toLowerCase());
  const name = names[index];
  if (name !== undefined) return accept(name);
  return refuse(`is ${quote(value)}${hint(value, names)}: choose from ${names.join(', ')}`);
}

/** One navigation or scalar property of one entity type; longer paths lead nowhere here. */
function readBinding(value: string): ValueReading {
  const [entityType = '', property = '', ...more] = value.split(':').map((part) => part.trim());
  if (entityType !== '' && property !== '' && more.length === 0) return accept(`${entityType}:${property}`);
  return refuse(`is ${quote(value)}: write EntityType:Property`);
}

const longestIdentifier = 442;

/** What identifiers look like, and how to say it (documentation of the elements; underscores would confuse file names). */
const identifierRules: Readonly<Record<IdentifierRule, readonly [form: RegExp, remedy: string]>> = {
  any: [/^[^\p{Cc}]+$/u, 'leave out line ends and other control characters'],
  connector: [
    /^\p{L}[\p{L}\p{N}._-]*$/u,
    'begin with a letter and use letters, digits, periods, hyphens and underscores only',
  ],
  connection: [
    /^\p{L}[\p{L}\p{N}.-]*$/u,
    'begin with a letter and use letters, digits, periods and hyphens only (an underscore ends the connection in the names of its files)',
  ],
  'entity-type': [
    /^[\p{L}_][\p{L}\p{N}_]*$/u,
    'begin with a letter and use letters, digits and underscores only',
  ],
  property: [/^[A-Za-z][A-Za-z0-9]*$/, 'begin with a letter and use letters without accents and digits only'],
};

function readIdentifier(rule: IdentifierRule, value: string): ValueReading {
  if (value.trim() !== value) return refuse(`is ${quote(value)}: take the spaces around it away`);
  if (value === '') return refuse('is empty: write a value');
  if (value.length > longestIdentifier) {
    return refuse(`has ${value.length} characters: use ${longestIdentifier} at most`);
  }
  const [form, remedy] = identifierRules[rule];
  if (!form.test(value)) return refuse(`is ${quote(value)}: ${remedy}`);
  if ((rule === 'entity-type' || rule === 'property') && isReservedWord(value)) {
    return refuse(`is ${quote(value)}, which is a reserved word: choose another name`);
  }
  return accept(value);
}

function readPermission(value: string): ValueReading {
  return value.startsWith('/')
    ? accept(value)
    : refuse(`is ${quote(value)}: write a path such as /Jobs/Task/Query`);
}

function readNames(value: string): ValueReading {
  const names = value.split(/\s+/).filter((name) => name !== '');
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) return refuse(`names ${doubled} twice: leave one out`);
  return names.length === 0 ? refuse('is empty: write names or leave it out') : accept(names.join(' '));
}

function readExpression(value: string): ValueReading {
  const reading = readSchedule(value, 'UTC');
  return reading.kind === 'schedule'
    ? accept(reading.schedule.expression)
    : refuse(`cannot be understood: ${reading.reason.replace(/\.$/, '')}`);
}
