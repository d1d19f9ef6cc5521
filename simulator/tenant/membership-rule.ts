// Rules of dynamic groups: text → tree → a test of one object. The subset of Microsoft Entra's rule language that the
// simulator documents: -eq -ne -startsWith -notStartsWith -contains -notContains -in -notIn, -and -or -not, parentheses.
import type { DirectoryObject } from './directory-object.ts';

export interface MembershipRule {
  /** What the rule collects; one rule never speaks of both. */
  readonly type: 'user' | 'device';
  readonly condition: Condition;
}

type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'comparison';
      /** Graph's name of the property; `id` and `extensionAttributeN` are read from their own places. */
      readonly property: string;
      readonly operator: Operator;
      readonly operand: Operand;
    };
type Operand = string | boolean | null | readonly string[];
export type Operator = (typeof operators)[number];

type ParsedRule =
  | { readonly ok: true; readonly rule: MembershipRule }
  | {
      readonly ok: false;
      readonly message: string /** Place in the text, from 0. */;
      readonly position: number;
    };

const operators = [
  'eq',
  'ne',
  'startsWith',
  'notStartsWith',
  'contains',
  'notContains',
  'in',
  'notIn',
] as const;

/** Names in rules that differ from Graph's names (Dynamic membership rules for groups: supported properties). */
const properties: Record<MembershipRule['type'], Record<string, string>> = {
  user: {
    dirSyncEnabled: 'onPremisesSyncEnabled',
    facsimileTelephoneNumber: 'faxNumber',
    mobile: 'mobilePhone',
    objectId: 'id',
    physicalDeliveryOfficeName: 'officeLocation',
    telephoneNumber: 'businessPhones',
    ...sameNames(`accountEnabled city country companyName department displayName employeeId givenName jobTitle mail
      mailNickName:mailNickname onPremisesDistinguishedName onPremisesSecurityIdentifier passwordPolicies postalCode
      preferredLanguage state streetAddress surname usageLocation userPrincipalName userType otherMails proxyAddresses
      employeeType`),
  },
  device: {
    deviceManufacturer: 'manufacturer',
    deviceModel: 'model',
    deviceOSType: 'operatingSystem',
    deviceOSVersion: 'operatingSystemVersion',
    devicePhysicalIds: 'physicalIds',
    deviceTrustType: 'trustType',
    objectId: 'id',
    ...sameNames(`accountEnabled deviceCategory deviceId deviceOwnership displayName enrollmentProfileName isRooted
      managementType profileType systemLabels`),
  },
};

/** Reads a rule. */
export function parseMembershipRule(text: string): ParsedRule {
  try {
    return { ok: true, rule: parse(text) };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return { ok: false, message: error.message, position: error.position };
  }
}

/** The test that the rule makes of an object. An object of another type never passes. */
export function evaluateRule(rule: MembershipRule): (object: DirectoryObject) => boolean {
  const isMet = compile(rule.condition);
  return (object) => object.type === rule.type && isMet(object);
}

/** An equality that every object meeting the condition fulfils, for an index: property and lower-case value. */
export function requiredEquality(condition: Condition): { property: string; value: string } | undefined {
  switch (condition.kind) {
    case 'and':
      for (const part of condition.parts) {
        const found = requiredEquality(part);
        if (found) return found;
      }
      return undefined;
    case 'comparison': {
      const { operator, operand, property } = condition;
      const isIndexable = operator === 'eq' && typeof operand === 'string' && operand !== '';
      return isIndexable ? { property, value: operand.toLowerCase() } : undefined;
    }
    default:
      return undefined;
  }
}

/** What an object has under a property of a rule. */
export function ruleValueOf(object: DirectoryObject, property: string): unknown {
  if (property === 'id') return object.id;
  if (property.startsWith('extensionAttribute')) {
    const attributes =
      object.values[object.type === 'user' ? 'onPremisesExtensionAttributes' : 'extensionAttributes'];
    return (attributes as Record<string, unknown> | null | undefined)?.[property];
  }
  return object.values[property];
}

class RuleError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

interface Token {
  readonly kind: 'word' | 'text' | 'mark' | 'end';
  readonly text: string;
  readonly position: number;
}

function* tokenize(text: string): Iterable<Token> {
  const pattern = /\s*(?:([()[\],])|"((?:[^"`]|`.)*)"|(-?[A-Za-z][A-Za-z0-9_.]*))/y;
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) {
      const position = from + (text.slice(from).length - text.slice(from).trimStart().length);
      const problem = text[position] === '"' ? 'The text is not closed' : 'Not expected here';
      throw new RuleError(`${problem}: ${text.slice(position, position + 20)}`, position);
    }
    const [whole, mark, quoted, word] = found;
    const position = from + whole.length - whole.trimStart().length;
    if (mark !== undefined) yield { kind: 'mark', text: mark, position };
    else if (quoted !== undefined) yield { kind: 'text', text: quoted.replaceAll(/`(.)/gs, '$1'), position };
    else yield { kind: 'word', text: word ?? '', position };
  }
  yield { kind: 'end', text: 'the end', position: end };
}

function parse(text: string): MembershipRule {
  const tokens = [...tokenize(text)];
  let at = 0;
  let type: MembershipRule['type'] | undefined;

  const peek = () => tokens[at]!;
  const next = () => tokens[at++]!;
  const isWord = (token: Token, name: string) =>
    token.kind === 'word' && token.text.replace(/^-/, '').toLowerCase() === name;
  const isMark = (token: Token, mark: string) => token.kind === 'mark' && token.text === mark;
  const expectMark = (mark: string) => {
    const token = next();
    if (!isMark(token, mark))
      throw new RuleError(`Expected ${mark} instead of ${token.text}.`, token.position);
  };

  const parseChain = (kind: 'and' | 'or', parsePart: () => Condition): Condition => {
    const parts = [parsePart()];
    while (isWord(peek(), kind)) {
      at++;
      parts.push(parsePart());
    }
    return parts.length === 1 ? parts[0]! : { kind, parts };
  };
  const parseOr = (): Condition => parseChain('or', parseAnd);
  const parseAnd = (): Condition => parseChain('and', parseNot);
  const parseNot = (): Condition => {
    if (isWord(peek(), 'not')) {
      at++;
      return { kind: 'not', part: parseNot() };
    }
    if (isMark(peek(), '(')) {
      at++;
      const inner = parseOr();
      expectMark(')');
      return inner;
    }
    return parseComparison();
  };
  const parseComparison = (): Condition => {
    const property = parseProperty();
    const token = next();
    const name = token.text.replace(/^-/, '').toLowerCase();
    const operator = operators.find((known) => known.toLowerCase() === name);
    if (token.kind !== 'word' || !operator)
      throw new RuleError(`${token.text} is not a supported operator.`, token.position);
    const operand = operator === 'in' || operator === 'notIn' ? parseList() : parseOperand(operator);
    return { kind: 'comparison', property, operator, operand };
  };
  const parseProperty = (): string => {
    const token = next();
    const [prefix = '', name = ''] = token.kind === 'word' ? token.text.split(/\.(.*)/s) : [];
    const ofType = prefix.toLowerCase();
    if (ofType !== 'user' && ofType !== 'device')
      throw new RuleError(`Expected user.… or device.… instead of ${token.text}.`, token.position);
    if (type !== undefined && type !== ofType)
      throw new RuleError('One rule cannot speak of users and of devices.', token.position);
    type = ofType;
    const property = propertyNamed(ofType, name);
    if (!property) throw new RuleError(`${token.text} cannot be used in a rule.`, token.position);
    return property;
  };
  const parseOperand = (operator: Operator): Operand => {
    const token = next();
    if (token.kind === 'text') return token.text;
    const isEquality = operator === 'eq' || operator === 'ne';
    if (isEquality && isWord(token, 'null')) return null;
    if (isEquality && isWord(token, 'true')) return true;
    if (isEquality && isWord(token, 'false')) return false;
    throw new RuleError(`Expected a value instead of ${token.text}.`, token.position);
  };
  const parseList = (): readonly string[] => {
    expectMark('[');
    const items: string[] = [];
    while (!isMark(peek(), ']')) {
      if (items.length > 0) expectMark(',');
      const token = next();
      if (token.kind !== 'text')
        throw new RuleError(`Expected a text instead of ${token.text}.`, token.position);
      items.push(token.text);
    }
    at++;
    return items;
  };

  const condition = parseOr();
  const rest = peek();
  if (rest.kind !== 'end') throw new RuleError(`Not expected here: ${rest.text}`, rest.position);
  if (type === undefined) throw new RuleError('The rule names no property.', 0);
  return { type, condition };
}

function propertyNamed(type: MembershipRule['type'], name: string): string | undefined {
  if (/^extensionAttribute([1-9]|1[0-5])$/i.test(name))
    return `extensionAttribute${name.slice('extensionAttribute'.length)}`;
  if (/^extension_[0-9a-f]{32}_\w+$/i.test(name)) return name;
  const wanted = name.toLowerCase();
  return Object.entries(properties[type]).find(([known]) => known.toLowerCase() === wanted)?.[1];
}

function sameNames(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((entry) => entry.split(':'))
      .map(([name = '', graphName]) => [name, graphName ?? name]),
  );
}

type Test = (object: DirectoryObject) => boolean;

function compile(condition: Condition): Test {
  switch (condition.kind) {
    case 'and': {
      const tests = condition.parts.map(compile);
      return (object) => tests.every((isMet) => isMet(object));
    }
    case 'or': {
      const tests = condition.parts.map(compile);
      return (object) => tests.some((isMet) => isMet(object));
    }
    case 'not': {
      const isMet = compile(condition.part);
      return (object) => !isMet(object);
    }
    case 'comparison':
      return compileComparison(condition.property, condition.operator, condition.operand);
  }
}

/** Texts are compared without case. A missing value equals null and nothing else. Of a collection one item suffices. */
function compileComparison(property: string, operator: Operator, operand: Operand): Test {
  const read = (object: DirectoryObject) => ruleValueOf(object, property);
  switch (operator) {
    case 'eq':
      return operand === null ? (object) => isMissing(read(object)) : compileEquality(read, String(operand));
    case 'ne': {
      const isEqual = compileComparison(property, 'eq', operand);
      return (object) => !isEqual(object);
    }
    case 'startsWith':
      return some(read, (text) => text.startsWith(String(operand).toLowerCase()));
    case 'contains':
      return some(read, (text) => text.includes(String(operand).toLowerCase()));
    case 'in': {
      const wanted = new Set((operand as readonly string[]).map((item) => item.toLowerCase()));
      return some(read, (text) => wanted.has(text));
    }
    case 'notStartsWith':
    case 'notContains':
    case 'notIn': {
      const isMet = compileComparison(property, positiveOf[operator], operand);
      return (object) => !isMet(object);
    }
  }
}

const positiveOf = { notStartsWith: 'startsWith', notContains: 'contains', notIn: 'in' } as const;

function compileEquality(read: (object: DirectoryObject) => unknown, operand: string): Test {
  const wanted = operand.toLowerCase();
  const isMet = some(read, (text) => text === wanted);
  return (object) => {
    const value = read(object);
    // Nearly every comparison ends here; lower case costs ten times as much.
    if (typeof value === 'string' && value.length !== operand.length) return false;
    return value === operand || isMet(object);
  };
}

function some(read: (object: DirectoryObject) => unknown, isMet: (text: string) => boolean): Test {
  return (object) => {
    const value = read(object);
    if (typeof value === 'string') return isMet(value.toLowerCase());
    if (typeof value === 'boolean') return isMet(String(value));
    if (Array.isArray(value))
      return value.some((item) => typeof item === 'string' && isMet(item.toLowerCase()));
    return false;
  };
}

function isMissing(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
