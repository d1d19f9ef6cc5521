/**
 * Query filters as rows of a builder: the text of a filter is what counts, and the rows are another way to read and write it, as far
 * as it is any or all of a list of conditions. The server reads the text by its own rules and has the last word.
 */

export const conditionOperators = ['eq', 'ne', 'co', 'sw', 'pr', 'np', 'gt', 'ge', 'lt', 'le'] as const;
export type ConditionOperator = (typeof conditionOperators)[number];

export type Condition = Readonly<{
  attribute: string;
  /** `ne` and `np` stand for negations of `eq` and `pr`. */
  operator: ConditionOperator;
  value: string;
  /** Whether the value is a text, and not a number or a truth value. */
  isText: boolean;
}>;

export type Conditions = Readonly<{ join: 'all' | 'any'; conditions: readonly Condition[] }>;

/** Whether an operator compares with a value. */
export function takesValue(operator: ConditionOperator): boolean {
  return operator !== 'pr' && operator !== 'np';
}

/** The rows of a filter; undefined where it is more than any or all of a list. */
export function readConditions(text: string): Conditions | undefined {
  if (text.trim() === '') return { join: 'all', conditions: [] };
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const conditions: Condition[] = [];
  let join: string | undefined;
  for (let index = 0; index < tokens.length; ) {
    const read = readCondition(tokens, index);
    if (read === undefined) return undefined;
    conditions.push(read.condition);
    index = read.next;
    if (index === tokens.length) return { join: join === 'or' ? 'any' : 'all', conditions };
    const word = wordAt(tokens, index)?.toLowerCase();
    if ((word !== 'and' && word !== 'or') || (join !== undefined && join !== word)) return undefined;
    join = word;
    index += 1;
  }
  return undefined;
}

/** The filter that rows stand for; those that are not filled in yet are left out. */
export function writeConditions({ join, conditions }: Conditions): string {
  return conditions
    .filter(({ attribute }) => attribute !== '')
    .map(writeCondition)
    .join(join === 'any' ? ' or ' : ' and ');
}

type Token = Readonly<{ kind: 'word' | 'text' | 'mark'; text: string }>;

const tokenPattern = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()"']+))/y;

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const found = tokenPattern.exec(text);
    if (!found) return undefined;
    const [, mark, double, single, word] = found;
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'text', text: (double ?? single ?? '').replace(/\\(.)/gs, '$1') });
  }
  return tokens;
}

function wordAt(tokens: readonly Token[], index: number): string | undefined {
  const token = tokens[index];
  return token?.kind === 'word' ? token.text : undefined;
}

function readCondition(
  tokens: readonly Token[],
  index: number,
): Readonly<{ condition: Condition; next: number }> | undefined {
  if (wordAt(tokens, index) !== '!') return readPlain(tokens, index);
  const inner = tokens[index + 1]?.text === '(' ? readPlain(tokens, index + 2) : undefined;
  if (inner === undefined || tokens[inner.next]?.text !== ')') return undefined;
  const { operator } = inner.condition;
  if (operator !== 'eq' && operator !== 'pr') return undefined;
  const negated = { ...inner.condition, operator: operator === 'eq' ? ('ne' as const) : ('np' as const) };
  return { condition: negated, next: inner.next + 1 };
}

function readPlain(
  tokens: readonly Token[],
  index: number,
): Readonly<{ condition: Condition; next: number }> | undefined {
  const attribute = wordAt(tokens, index);
  const operator = wordAt(tokens, index + 1)?.toLowerCase();
  if (attribute === undefined || operator === undefined || attribute.startsWith('!')) return undefined;
  if (operator === 'pr') {
    return { condition: { attribute, operator, value: '', isText: true }, next: index + 2 };
  }
  const known = conditionOperators.find((one) => one === operator && one !== 'ne' && one !== 'np');
  const value = tokens[index + 2];
  if (known === undefined || value === undefined || value.kind === 'mark') return undefined;
  return {
    condition: { attribute, operator: known, value: value.text, isText: value.kind === 'text' },
    next: index + 3,
  };
}

function writeCondition({ attribute, operator, value, isText }: Condition): string {
  const literal = isText || value.trim() === '' ? `"${value.replace(/["\\]/g, '\\$&')}"` : value.trim();
  switch (operator) {
    case 'pr':
      return `${attribute} pr`;
    case 'np':
      return `!(${attribute} pr)`;
    case 'ne':
      return `!(${attribute} eq ${literal})`;
    default:
      return `${attribute} ${operator} ${literal}`;
  }
}
