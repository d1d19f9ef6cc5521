import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createObject, type Values } from './directory-object.ts';
import { evaluateRule, parseMembershipRule, requiredEquality } from './membership-rule.ts';

const user = (values: Values) => createObject('0b6c7c0e-54a0-4f0e-9f0c-0d6f2d7a9a11', 'user', values);
const device = (values: Values) => createObject('90c50000-54a0-4f0e-9f0c-0d6f2d7a9a11', 'device', values);

function matches(rule: string, object: ReturnType<typeof user>): boolean {
  const parsed = parseMembershipRule(rule);
  if (!parsed.ok) throw new Error(`${parsed.message} at ${parsed.position}`);
  return evaluateRule(parsed.rule)(object);
}

const ada = user({
  accountEnabled: true,
  city: 'Hamburg',
  department: 'Process',
  displayName: 'Ada Lindqvist',
  jobTitle: null,
  onPremisesExtensionAttributes: { extensionAttribute3: 'A-17' },
  proxyAddresses: ['SMTP:ada@nordlicht.example', 'smtp:a.l@nordlicht.example'],
  extension_9d2a6f6f6f3b4f0a8f1d4c2b1a0e9f88_hrStatus: 'active',
});

test.each([
  ['user.department -eq "process"', true],
  ['user.department -ne "Process"', false],
  ['user.companyName -ne "Process"', true],
  ['user.department -startsWith "PRO"', true],
  ['user.department -notStartsWith "PRO"', false],
  ['user.displayName -contains "lind"', true],
  ['user.displayName -notContains "lind"', false],
  ['user.companyName -notContains "x"', true],
  ['user.department -in ["Sales", "Process"]', true],
  ['user.department -notIn ["Sales", "Process"]', false],
  ['user.department -in []', false],
  ['user.jobTitle -eq null', true],
  ['user.companyName -eq null', true],
  ['user.city -ne null', true],
  ['user.accountEnabled -eq true', true],
  ['user.accountEnabled -eq "True"', true],
  ['user.accountEnabled -ne true', false],
  ['user.dirSyncEnabled -eq true', false],
  ['user.extensionAttribute3 -eq "a-17"', true],
  ['user.extension_9d2a6f6f6f3b4f0a8f1d4c2b1a0e9f88_hrStatus -eq "active"', true],
  ['user.proxyAddresses -contains "a.l@"', true],
  ['user.objectId -eq "0b6c7c0e-54a0-4f0e-9f0c-0d6f2d7a9a11"', true],
  ['USER.DEPARTMENT eq "process" AND (user.city eq "x" or not user.city eq "y")', true],
  ['-not user.department -eq "Process" -or user.city -eq "Hamburg"', true],
  ['user.city -eq "Hamburg" -or user.city -eq "Kiel" -and user.department -eq "Sales"', true],
  ['(user.city -eq "Hamburg" -or user.city -eq "Kiel") -and user.department -eq "Sales"', false],
  ['device.deviceOSType -eq "Windows"', false],
])('%s is %s', (rule, expected) => {
  expect(matches(rule, ada)).toBe(expected);
});

test('device rules read devices', () => {
  const laptop = device({
    operatingSystem: 'Windows',
    extensionAttributes: { extensionAttribute1: 'kiosk' },
  });
  expect(
    matches('device.deviceOSType -eq "windows" -and device.extensionAttribute1 -eq "Kiosk"', laptop),
  ).toBe(true);
});

test.each([
  ['', 0, 'the end'],
  ['user.department', 15, 'the end'],
  ['user.department -eq', 19, 'the end'],
  ['user.department -eq "open', 20, 'not closed'],
  ['user.department -match "^a+$"', 16, '-match'],
  ['user.shoeSize -eq "41"', 0, 'user.shoeSize'],
  ['group.department -eq "x"', 0, 'group.department'],
  ['(user.city -eq "x"', 18, 'Expected )'],
  ['user.city -eq "x" user.city -eq "y"', 18, 'Not expected'],
  ['user.city -in "x"', 14, 'Expected ['],
  ['user.city -startsWith null', 22, 'null'],
  ['user.city -eq "x" -and device.deviceId -eq "y"', 23, 'users and of devices'],
  ['user.city -eq $x', 14, '$x'],
])('%s is refused at %i', (rule, position, part) => {
  const parsed = parseMembershipRule(rule);
  expect(parsed).toMatchObject({ ok: false, position });
  expect(!parsed.ok && parsed.message).toContain(part);
});

describe('for all rules', () => {
  const values = ['Sales', 'Process', 'Legal', 'Kiel', 'Hamburg'] as const;
  const text = fc.constantFrom(...values);
  const comparison = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('department', 'city', 'companyName'),
        fc.constantFrom('eq', 'ne', 'contains'),
        text,
      )
      .map(([property, operator, value]) => `user.${property} -${operator} "${value}"`),
    fc
      .tuple(fc.constantFrom('department', 'city'), fc.array(text, { maxLength: 3 }))
      .map(([property, items]) => `user.${property} -in [${items.map((item) => `"${item}"`).join(', ')}]`),
  );
  const { rule } = fc.letrec<{ rule: string }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4 },
      comparison,
      fc
        .tuple(tie('rule'), fc.constantFrom('and', 'or'), tie('rule'))
        .map(([a, word, b]) => `(${a}) -${word} (${b})`),
      tie('rule').map((inner) => `-not (${inner})`),
    ),
  }));
  const person = fc
    .record({ department: text, city: text, companyName: text }, { requiredKeys: [] })
    .map((known) => user(known));

  test('negation turns the answer round', () => {
    fc.assert(
      fc.property(rule, person, (one, object) => matches(`-not (${one})`, object) === !matches(one, object)),
    );
  });

  test('and, or and their order are those of logic', () => {
    fc.assert(
      fc.property(rule, rule, rule, person, (a, b, c, object) => {
        const [isA, isB, isC] = [a, b, c].map((one) => matches(one, object));
        const written = `(${a}) -or (${b}) -and (${c})`;
        return matches(written, object) === (isA || (isB && isC));
      }),
    );
  });

  test('an equality a rule requires holds for all it collects', () => {
    fc.assert(
      fc.property(rule, person, (one, object) => {
        const parsed = parseMembershipRule(one);
        if (!parsed.ok) return false;
        const required = requiredEquality(parsed.rule.condition);
        if (!required || !evaluateRule(parsed.rule)(object)) return true;
        return String(object.values[required.property]).toLowerCase() === required.value;
      }),
    );
  });

  test('any text is either a rule or refused at a place in it', () => {
    const words = fc.constantFrom(
      'user.city',
      '-eq',
      '-and',
      '-not',
      '"x"',
      '(',
      ')',
      '[',
      ']',
      ',',
      'null',
      '`',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((all) => all.join(' ')),
        ),
        (written) => {
          const parsed = parseMembershipRule(written);
          return parsed.ok || (parsed.position >= 0 && parsed.position <= written.length);
        },
      ),
    );
  });
});
