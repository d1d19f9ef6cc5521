// The operators of scoping filters: what they are called, what they compare, and what they mean in words.
// Source: Graph synchronization reference, sections A.12 and D.

export type AttributeType = 'String' | 'Integer' | 'Reference' | 'Binary' | 'Boolean' | 'DateTime';

export type UnaryScopingOperator = 'IS TRUE' | 'IS FALSE' | 'IS NULL' | 'IS NOT NULL';
export type BinaryScopingOperator =
  | 'EQUALS'
  | 'NOT EQUALS'
  | 'REGEX MATCH'
  | 'NOT REGEX MATCH'
  | 'Greater_Than'
  | 'Greater_Than_OR_EQUALS'
  | 'Includes'
  | 'ENDS_WITH'
  | '&'
  | '!&';
export type ScopingOperator = UnaryScopingOperator | BinaryScopingOperator;

export type ScopingOperatorDescription = Readonly<{
  arity: 'unary' | 'binary';
  /** What stands between the attribute and the value in a sentence. */
  label: string;
  description: string;
  /** The types of attributes that the operator is meant for. */
  types: readonly AttributeType[];
}>;

const everyType: readonly AttributeType[] = [
  'String',
  'Integer',
  'Reference',
  'Binary',
  'Boolean',
  'DateTime',
];

export const scopingOperatorTable: Readonly<Record<ScopingOperator, ScopingOperatorDescription>> = {
  EQUALS: {
    arity: 'binary',
    label: 'is',
    description: 'The attribute is exactly the value. Upper and lower case are different.',
    types: ['String', 'Integer'],
  },
  'NOT EQUALS': {
    arity: 'binary',
    label: 'is not',
    description: 'The attribute has a value and that is another one. Upper and lower case are different.',
    types: ['String', 'Integer'],
  },
  'IS TRUE': {
    arity: 'unary',
    label: 'is true',
    description: 'The attribute is the truth value true.',
    types: ['Boolean'],
  },
  'IS FALSE': {
    arity: 'unary',
    label: 'is false',
    description: 'The attribute is the truth value false. An attribute without a value is not.',
    types: ['Boolean'],
  },
  'IS NULL': {
    arity: 'unary',
    label: 'is empty',
    description: 'The attribute has no value, an empty text or an empty list.',
    types: everyType,
  },
  'IS NOT NULL': {
    arity: 'unary',
    label: 'is not empty',
    description: 'The attribute has a value.',
    types: everyType,
  },
  'REGEX MATCH': {
    arity: 'binary',
    label: 'matches',
    description:
      'The regular expression is found anywhere in the attribute. ^ and $ around it make it match the whole. Upper and lower case are different.',
    types: ['String', 'Integer'],
  },
  'NOT REGEX MATCH': {
    arity: 'binary',
    label: 'does not match',
    description: 'The attribute has a value and the regular expression is not found in it.',
    types: ['String', 'Integer'],
  },
  Greater_Than: {
    arity: 'binary',
    label: 'is greater than',
    description: 'The attribute is a whole number greater than the value.',
    types: ['Integer', 'String'],
  },
  Greater_Than_OR_EQUALS: {
    arity: 'binary',
    label: 'is at least',
    description: 'The attribute is a whole number, the value or greater.',
    types: ['Integer', 'String'],
  },
  Includes: {
    arity: 'binary',
    label: 'contains',
    description: 'The value is found in the attribute. Upper and lower case are different.',
    types: ['String'],
  },
  ENDS_WITH: {
    arity: 'binary',
    label: 'ends with',
    description: 'The attribute ends with the value. Upper and lower case are different.',
    types: ['String'],
  },
  '&': {
    arity: 'binary',
    label: 'is found in',
    description: 'The attribute is found in the value: the contrary direction of Includes.',
    types: ['String'],
  },
  '!&': {
    arity: 'binary',
    label: 'is not found in',
    description: 'The attribute has a value, and that is not found in the value here.',
    types: ['String'],
  },
};
