/**
 * The inputs and outputs that Microsoft documents ("Microsoft: Reference for writing expressions for attribute mappings", "Microsoft:
 * Cloud sync expressions", "Microsoft: Workday tutorial"), by the numbers that they have in our list. Where the documentation itself
 * is wrong, the reason stands beside the corrected value.
 */
import { describe, expect, test } from 'vitest';
import { compileExpression, type EvaluationContext, type MappedValue } from './compile-expression.ts';
import { parseExpression } from './expression.ts';

type Vector = Readonly<{
  id: string;
  expression: string;
  attributes: Readonly<Record<string, unknown>>;
  expected: MappedValue | 'flow is ignored';
  /** Where it is not the middle of 2021. */
  now?: string;
  taken?: readonly string[];
}>;

const vector = (
  id: string,
  expression: string,
  attributes: Readonly<Record<string, unknown>>,
  expected: Vector['expected'],
  rest: Readonly<{ now?: string; taken?: readonly string[] }> = {},
): Vector => ({ id, expression, attributes, expected, ...rest });

function evaluate({ expression, attributes, now = '2021-06-30T12:00:00Z', taken = [] }: Vector) {
  const parsed = parseExpression(expression);
  if (parsed.kind === 'mistake') throw new Error(`${parsed.mistake.message} (${parsed.mistake.position})`);
  const compiled = compileExpression(parsed.expression);
  if (compiled.kind === 'mistake')
    throw new Error(`${compiled.mistake.message} (${compiled.mistake.position})`);
  const context: EvaluationContext = {
    attributes,
    now: () => new Date(now),
    isFree: (value) => !taken.includes(value),
  };
  const outcome = compiled.compiled.evaluate(context);
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  return outcome.kind === 'ignored' ? 'flow is ignored' : outcome.value;
}

const hired = { StatusHireDate: '2012-03-16-07:00' };
const person = { PreferredFirstName: 'John', PreferredLastName: 'Smith' };
const hireSwitch =
  'Switch([Active], , "1", IIF(DateDiff("d", Now(), CDate([StatusHireDate])) > 5, "False", "True"), "0", "False")';
const roles = 'IIF([country]="USA",IIF([state]="CA","True","False"),"False")';
const eitherRole = 'IIF([country]="USA","True",IIF([state]="CA","True","False"))';
const prefixSwitch =
  'IgnoreFlowIfNullOrEmpty(Switch([prefix], "", "3443", "Dr.", "3444", "Prof.", "3445", "Prof. Dr."))';
const uniqueName = (first: string) =>
  `Join("@", NormalizeDiacritics(StripSpaces(Join(".", ${first}, [PreferredLastName]))), "contoso.com")`;
const selectUnique = `SelectUniqueValue(${uniqueName('[PreferredFirstName]')}, ${uniqueName('Mid([PreferredFirstName], 1, 1)')}, ${uniqueName('Mid([PreferredFirstName], 1, 2)')})`;
const phonePattern = String.raw`"\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})"`;
const late = '8/25/2021 5:41:18 PM';
const early = '2012-03-16-07:00';
const presence = 'Switch(IsPresent([jobTitle]), "DefaultValue", "True", [jobTitle])';
const supervisors =
  'Switch(IsPresent([directManager]),[directManager], IsPresent([skiplevelManager]),[skiplevelManager], IsPresent([director]),[director])';
const accountName = String.raw`Replace(Mid(Replace([UserID], , "([\\/\\\\\\[\\]\\:\\;\\|\\=\\,\\+\\*\\?\\<\\>])", , "", , ), 1, 20), , "(\\.)*$", , "", , )`;
const difference = (interval: string) => `DateDiff("${interval}", CDate([from]), CDate([to]))`;

const vectors: readonly Vector[] = [
  vector(
    '1',
    'Append([userPrincipalName], ".test")',
    { userPrincipalName: 'John.Doe@contoso.com' },
    'John.Doe@contoso.com.test',
  ),
  vector('2', 'BitAnd(&HF, &HF7)', {}, '7'),
  vector('3', 'CBool([attribute1] = [attribute2])', { attribute1: 'a', attribute2: 'a' }, 'True'),
  vector('4', 'CDate([StatusHireDate])', { StatusHireDate: '2020-03-16-07:00' }, '3/16/2020 7:00:00 AM'),
  vector('5', 'CDate("2021-06-30+08:00")', {}, '6/29/2021 4:00:00 PM'),
  vector('6', 'CDate("2009-06-15T01:45:30-07:00")', {}, '6/15/2009 8:45:30 AM'),
  vector(
    '7',
    'Coalesce([mail],[userPrincipalName])',
    { mail: null, userPrincipalName: 'John.Doe@contoso.com' },
    'John.Doe@contoso.com',
  ),
  vector('8', 'ConvertToBase64("Hello world!")', {}, 'SABlAGwAbABvACAAdwBvAHIAbABkACEA'),
  vector('9', 'ConvertToUTF8Hex("Hello world!")', {}, '48656C6C6F20776F726C6421'),
  vector('10', 'CStr([dn])', { dn: 'cn=Joe,dc=contoso,dc=com' }, 'cn=Joe,dc=contoso,dc=com'),
  vector('11', 'DateAdd("d", 7, CDate([StatusHireDate]))', hired, '3/23/2012 7:00:00 AM'),
  vector('12', 'DateAdd("d", -10, CDate([StatusHireDate]))', hired, '3/6/2012 7:00:00 AM'),
  vector('13', 'DateAdd("ww", 2, CDate([StatusHireDate]))', hired, '3/30/2012 7:00:00 AM'),
  vector('14', 'DateAdd("m", 10, CDate([StatusHireDate]))', hired, '1/16/2013 7:00:00 AM'),
  vector('15', 'DateAdd("yyyy", 2, CDate([StatusHireDate]))', hired, '3/16/2014 7:00:00 AM'),
  vector('16a', difference('d'), { from: '2021-08-18+08:00', to: '2021-08-31+08:00' }, '13'),
  vector('16b', difference('d'), { from: late, to: early }, '-3449'),
  vector('16c', difference('ww'), { from: late, to: early }, '-493'),
  vector('16d', difference('m'), { from: late, to: early }, '-113'),
  vector('16e', difference('yyyy'), { from: late, to: early }, '-9'),
  vector('16f', difference('d'), { from: '2021-08-31+08:00', to: '2021-08-31+08:00' }, '0'),
  vector('16g in hours', difference('h'), { from: '2021-08-24', to: '2021-08-25' }, '24'),
  vector('16g in minutes', difference('n'), { from: '2021-08-24', to: '2021-08-25' }, '1440'),
  vector('16g in seconds', difference('s'), { from: '2021-08-24', to: '2021-08-25' }, '86400'),
  vector('17 within 5 days', hireSwitch, { Active: '1', StatusHireDate: '2021-07-05' }, 'True'),
  vector('17 later', hireSwitch, { Active: '1', StatusHireDate: '2021-07-07' }, 'False'),
  vector('17 inactive', hireSwitch, { Active: '0', StatusHireDate: '2021-07-05' }, 'False'),
  vector('18', 'DateFromNum(129699324000000000)', {}, '1/1/2012 11:00:00 PM'),
  vector(
    '19',
    'FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")',
    { extensionAttribute1: '20150123105347.1Z' },
    '2015-01-23',
  ),
  vector('20 without a case', prefixSwitch, { prefix: '9999' }, 'flow is ignored'),
  vector('20 with a case', prefixSwitch, { prefix: '3443' }, 'Dr.'),
  vector(
    '21 that holds',
    'IIF([country]="USA",[country],[department])',
    { country: 'USA', department: 'IT' },
    'USA',
  ),
  vector(
    '21 that does not',
    'IIF([country]="USA",[country],[department])',
    { country: 'France', department: 'IT' },
    'IT',
  ),
  vector('22 of both', roles, { country: 'USA', state: 'CA' }, 'True'),
  vector('22 of the first', roles, { country: 'USA', state: 'NY' }, 'False'),
  vector('22 of the second', roles, { country: 'France', state: 'CA' }, 'False'),
  vector('23 of the first', eitherRole, { country: 'USA', state: 'NY' }, 'True'),
  vector('23 of the second', eitherRole, { country: 'France', state: 'CA' }, 'True'),
  vector('23 of none', eitherRole, { country: 'France', state: 'NY' }, 'False'),
  vector('24 with an empty text', 'Switch([country],[country],"","Other")', { country: '' }, 'Other'),
  vector('24 without a value', 'Switch([country],[country],"","Other")', {}, 'Other'),
  vector('24 with a value', 'Switch([country],[country],"","Other")', { country: 'France' }, 'France'),
  vector('25', 'InStr("The quick brown fox","quick")', {}, '5'),
  vector('26', 'InStr("repEated","e",3,vbBinaryCompare)', {}, '7'),
  vector(
    '27',
    'Split([extensionAttribute5], ",")',
    { extensionAttribute5: 'PermissionSetOne, PermissionSetTwo' },
    ['PermissionSetOne', 'PermissionSetTwo'],
  ),
  vector(
    '28',
    'Item([proxyAddresses], 1)',
    { proxyAddresses: ['SMTP:a@contoso.com', 'smtp:b@contoso.com'] },
    'SMTP:a@contoso.com',
  ),
  vector('29', 'Left("John Doe", 3)', {}, 'Joh'),
  vector('30', 'NormalizeDiacritics([givenName])', { givenName: 'Zoë' }, 'Zoe'),
  // No output is documented; this one is computed from the definition of file times.
  vector(
    '31',
    'NumFromDate(Join("", FormatDateTime([ContractEndDate], ,"yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))',
    { ContractEndDate: '2020-12-31-08:00' },
    '132539615990000000',
  ),
  vector('32', 'PCase([firstName])', { firstName: 'PABLO GONSALVES (SECOND)' }, 'Pablo Gonsalves (Second)'),
  vector('33', `PCase([lastName]," '-")`, { lastName: "PINTO-DE'SILVA" }, "Pinto-De'Silva"),
  vector(
    '34',
    'PCase(Join(" ",[firstName],[lastName]))',
    { firstName: 'GREGORY', lastName: 'JAMES' },
    'Gregory James',
  ),
  vector(
    '37',
    'Replace([BusinessTitle],"Product Developer", , , "Software Engineer", , )',
    { BusinessTitle: 'Product Developer' },
    'Software Engineer',
  ),
  vector(
    '38',
    'Replace([UserID],"<username>", , , , , "<username>@contoso.com")',
    { UserID: 'jsmith' },
    'jsmith@contoso.com',
  ),
  vector(
    '39',
    `Replace([telephoneNumber], , ${phonePattern}, , "\${phoneNumber}", , )`,
    { telephoneNumber: '+91 9998887777' },
    '9998887777',
  ),
  // The documentation has no "+" in its output; the pattern does not match it.
  vector(
    '40',
    String.raw`Replace([mobile], , "[()\\s-]+", , "", , )`,
    { mobile: '+1 (999) 888-7777' },
    '+19998887777',
  ),
  vector(
    '41',
    String.raw`Replace([AddressLineData], ,"(?<streetNumber>^\\d*)","streetNumber", "888", , )`,
    { AddressLineData: '545 Tremont Street' },
    '888 Tremont Street',
  ),
  vector(
    '42',
    'Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , )',
    { userPrincipalName: 'jsmith@contoso.com' },
    'jsmith',
  ),
  vector(
    '43',
    `Replace([telephoneNumber], , ${phonePattern}, "phoneNumber" , , [mobile], )`,
    { telephoneNumber: '', mobile: '+91 8887779999' },
    '8887779999',
  ),
  vector('44', 'Replace([mailNickname], , "[a-zA-Z_]*", , "", , )', { mailNickname: 'john_doe72' }, '72'),
  vector(
    '45',
    'Append(Mid([givenName], 1, 3), Mid([surname], 1, 5))',
    { givenName: 'John', surname: 'Doe' },
    'JohDoe',
  ),
  vector('46', 'Join(", ", "", [surname], [givenName])', { surname: 'Doe', givenName: 'John' }, 'Doe, John'),
  // The documented output is that of another identifier.
  vector(
    '47',
    'Join("", 1000, Replace(ConvertToUTF8Hex([objectId]), , "[a-zA-Z_]*", , "", , ))',
    { objectId: '00aa00aa-bb11-cc22-dd33-44ee44ee44ee' },
    '100030306161303061612626231312636332322646433332343465653434656534346565',
  ),
  vector('48', selectUnique, person, 'John.Smith@contoso.com'),
  vector('48 with one taken', selectUnique, person, 'J.Smith@contoso.com', {
    taken: ['John.Smith@contoso.com'],
  }),
  vector('48 with two taken', selectUnique, person, 'Jo.Smith@contoso.com', {
    taken: ['John.Smith@contoso.com', 'J.Smith@contoso.com'],
  }),
  vector(
    '49',
    'Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane", "SA", "Australia/Adelaide")',
    { state: 'QLD' },
    'Australia/Brisbane',
  ),
  vector('50', 'Switch(ToLower([statusFlag]), "0", "true", "1", "false", "0")', { statusFlag: 'TRUE' }, '1'),
  vector('51', 'Switch([statusFlag], "Default Value", "true", "1", "", "0")', { statusFlag: '' }, '0'),
  vector('52', `ToLower(${uniqueName('[PreferredFirstName]')})`, person, 'john.smith@contoso.com'),
  vector('53', 'Word("The quick brown fox",3," ")', {}, 'brown'),
  vector('54', 'Word("This,string!has&many separators",3,",!&#")', {}, 'has'),
  vector('55', 'Replace([mail], "@contoso.com", , ,"", ,)', { mail: 'john.doe@contoso.com' }, 'john.doe'),
  vector('56', 'Replace([preferredLanguage], "-", , , "_", , )', { preferredLanguage: 'EN-US' }, 'EN_US'),
  vector('57', 'Not([IsSoftDeleted])', { IsSoftDeleted: 'False' }, 'True'),
  vector(
    '58 there',
    'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    { IsSoftDeleted: 'False' },
    'True',
  ),
  vector(
    '58 deleted',
    'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    { IsSoftDeleted: 'True' },
    'False',
  ),
  vector('59', 'Trim(" Test ")', {}, 'Test'),
  vector('60', 'ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)', {}, 'Hello world!'),
  vector('61', 'DNComponent(CRef([dn]),1)', { dn: 'cn=Joe,ou=Sales,dc=contoso,dc=com' }, 'Joe'),
  vector('62 without a value', presence, { jobTitle: null }, 'DefaultValue'),
  vector('62 with a value', presence, { jobTitle: 'Dev' }, 'Dev'),
  // No output is documented. Its keys are truths: read as it is written, it gives the default where only the source is present …
  vector('63 with a manager', supervisors, { directManager: 'm1' }, 'm1'),
  // … and the skip-level manager, not the direct one, where both are: what is meant is said with Coalesce.
  vector('63 with two', supervisors, { directManager: 'm1', skiplevelManager: 'm2' }, 'm2'),
  vector(
    '63 as it is meant',
    'Coalesce([directManager], [skiplevelManager], [director])',
    { skiplevelManager: 'm2', director: 'm3' },
    'm2',
  ),
  // No output is documented; the Z at the end says that it has to be in UTC.
  vector(
    '64',
    'FormatDateTime([StatusContinuousFirstDayOfWork], , "yyyy-MM-ddzzz", "yyyyMMddHHmmss.fZ")',
    { StatusContinuousFirstDayOfWork: '2020-03-16-07:00' },
    '20200316070000.0Z',
  ),
  vector('65', accountName, { UserID: 'j/o\\h[n]:;|=,+*?<>.smith...' }, 'john.smith'),
  vector(
    '65 cut at a point',
    accountName,
    { UserID: 'maximilian.johannes.von.neumann' },
    'maximilian.johannes',
  ),
];

describe('what Microsoft documents', () => {
  test.each(vectors)('vector $id: $expression', (one) => {
    expect(evaluate(one)).toEqual(one.expected);
  });

  const kindsOf = (text: string) => ({
    length: text.length,
    digits: text.replace(/[^0-9]/g, '').length,
    capitals: text.replace(/[^A-Z]/g, '').length,
    small: text.replace(/[^a-z]/g, '').length,
    special: text.replace(/[A-Za-z0-9]/g, '').length,
  });
  const text = (expression: string) => String(evaluate(vector('', expression, {}, null)));

  test('vector 35: RandomString(6,3,0,0,3)', () => {
    expect(kindsOf(text('RandomString(6,3,0,0,3)'))).toEqual({
      length: 6,
      digits: 3,
      capitals: 0,
      small: 3,
      special: 0,
    });
  });

  test('vector 36: RandomString(10,2,2,2,1,"?,")', () => {
    for (let count = 0; count < 100; count += 1) {
      const random = text('RandomString(10,2,2,2,1,"?,")');
      const kinds = kindsOf(random);
      expect(kinds.length).toBe(10);
      expect(kinds.digits).toBeGreaterThanOrEqual(2);
      expect(kinds.special).toBeGreaterThanOrEqual(2);
      expect(kinds.capitals).toBeGreaterThanOrEqual(2);
      expect(kinds.small).toBeGreaterThanOrEqual(1);
      expect(random).not.toMatch(/[?,]/);
    }
  });
});
