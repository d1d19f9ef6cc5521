import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf } from './configuration.ts';
import {
  type ConfigurationReading,
  readConfigurationDirectory,
  readConfigurationFiles,
} from './read-configuration.ts';

const namespace = 'urn:schemas-usercube-com:configuration';

function inFile(elements: string): string {
  return `<ConfigurationFile xmlns="${namespace}">\n${elements}\n</ConfigurationFile>`;
}

function read(elements: string): ConfigurationReading {
  return readConfigurationFiles([{ name: 'a.xml', content: inFile(elements) }]);
}

function mistakesOf(reading: ConfigurationReading): readonly string[] {
  return reading.kind === 'refused' ? reading.mistakes : [];
}

const agent = '<Agent Identifier="Local" DisplayName_L1="Local" />';
const connector = `${agent}<Connector Identifier="C" DisplayName_L1="C" Agent="Local" />`;
const profile = '<Profile Identifier="P" DisplayName_L1="P" />';
const entityType =
  '<EntityType Identifier="T"><Property Identifier="key" TargetColumnIndex="4" IsKey="true" /><Property Identifier="other" TargetColumnIndex="5" /><Property Identifier="members" Type="ForeignKey" /></EntityType>';

function job(tasks: string, attributes = ''): string {
  return `${agent}<Job Identifier="J" DisplayName_L1="J" ${attributes}>${tasks}</Job>`;
}

describe('values are spelled one way, and defaults left out', () => {
  test('whatever they are written like', () => {
    const reading = read(
      `<Agent Identifier="Local" DisplayName_L1="L" State="0" />
       <Connector Identifier="C" DisplayName_L1="C" Agent="LOCAL" CompleteJob="1" IncrementalJob="onlyprovisioning" IsDeactivated="1"
         MaximumInsertedLines="100" MaximumUpdatedLines="007" />
       ${entityType}<EntityTypeMapping Identifier="t" C0=" user   group directoryRole servicePrincipal "><Property Identifier="KEY" IsPrimaryKey="1" /></EntityTypeMapping>
       <EntityAssociation Identifier="A" Property1="t:MEMBERS" Property2="T:members" IsProperty1Collection="0" />
       <EntityAssociationMapping Identifier="A" Connector="c" Column1="a" Column2="b" EntityPropertyMapping1="T:key" EntityPropertyMapping2="T:key" MaximumLinkInsertedLines="5" />
       ${profile}<OpenIdClient Identifier="O" DisplayName_L1="O" Profile="P" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" ExpirationDate="2030-12-31T23:59:59" ContextId="-2" />
       <Job Identifier="J" DisplayName_L1="J" CrontabExpression=" 0   3 * * * " LogLevel="6" CronTimeZone="1">
         <UpdateClassificationTask DisplayName_L1="U"><TaskEntityType Identifier="t" /></UpdateClassificationTask>
       </Job>`,
    );
    expect(mistakesOf(reading)).toEqual([]);
    if (reading.kind !== 'configuration') return;
    const attributes = (kind: string) => elementsOf(reading.configuration, kind)[0]?.attributes;
    expect(attributes('Agent')).toEqual({ DisplayName_L1: 'L' });
    expect(attributes('Connector')).toEqual({
      DisplayName_L1: 'C',
      Agent: 'Local',
      CompleteJob: 'NotUsed',
      IncrementalJob: 'OnlyProvisioning',
      IsDeactivated: 'true',
      MaximumUpdatedLines: '7',
    });
    expect(elementsOf(reading.configuration, 'EntityTypeMapping')[0]).toMatchObject({
      identifier: 'T',
      attributes: {},
      children: [{ attributes: { Identifier: 'key', IsPrimaryKey: 'true' } }],
    });
    expect(attributes('EntityAssociation')).toEqual({ Property1: 'T:members', Property2: 'T:members' });
    expect(attributes('EntityAssociationMapping')).toMatchObject({
      Connector: 'C',
      MaximumInsertedLines: '5',
    });
    expect(attributes('OpenIdClient')).toMatchObject({
      Context: '-2',
      ExpirationDate: '2030-12-31T23:59:59.000Z',
    });
    expect(attributes('Job')).toEqual({
      DisplayName_L1: 'J',
      CronTabExpression: '0 3 * * *',
      CronTimeZone: 'ServerTime',
    });
    expect(elementsOf(reading.configuration, 'Job')[0]?.children[0]?.children[0]?.attributes).toEqual({
      EntityType: 'T',
    });
  });
});

describe('what has no effect is named in a warning', () => {
  test.each<[elements: string, warning: RegExp]>([
    [
      '\n<ResourceType Identifier="R" Any="thing"><Rule /></ResourceType>',
      /^a\.xml:3:1: ResourceType R has no effect in Syncline and is left out\.$/,
    ],
    ['<MenuItem Identifier="M" />', /MenuItem M has no effect/],
    [
      '<AzureADResourceTypeMapping Identifier="M" /><MicrosoftEntraIDResourceTypeMapping Identifier="N" />',
      /AzureADResourceTypeMapping M.*\n.*MicrosoftEntraIDResourceTypeMapping N/,
    ],
    ['<CreateConnectorsJobs />', /CreateConnectorsJobs has no effect/],
    [
      `${connector}<Connection Identifier="X" DisplayName_L1="X" Connector="C" Package="p"><Transformation Type="WhereValue" /></Connection>`,
      /Transformation has no effect/,
    ],
    [job('<InvokeSqlCommandTask Identifier="S" />'), /InvokeSqlCommandTask S has no effect/],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" /></EntityType>',
      /Property a of EntityType T has no TargetColumnIndex/,
    ],
    [
      `${profile}<AccessControlRule Identifier="R" DisplayName_L1="R" Profile="P" EntityType="Jobb" />`,
      /on the data set "Jobb", which Syncline does not know \(did you mean Job\?\)/,
    ],
    [`${connector}<CreateConnectorSynchroComplete Connector="C" />`, /names no OpenIdIdentifier/],
  ])('%s', (elements, warning) => {
    const reading = read(elements);
    expect(reading.kind).toBe('configuration');
    expect(reading.warnings.join('\n')).toMatch(warning);
  });
});

describe('files', () => {
  const text = (encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}"?>${inFile('<Agent Identifier="A" DisplayName_L1="Zürich 東京" />')}`;
  const swapped = (value: string) => Buffer.from(value, 'utf16le').swap16();

  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text('utf-8'))],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text('UTF-8')}`)],
    ['UTF-16, little end first', Buffer.from(`\uFEFF${text('utf-16')}`, 'utf16le')],
    ['UTF-16, big end first', swapped(`\uFEFF${text('utf-16')}`)],
    ['UTF-16 without a mark', Buffer.from(text('utf-16'), 'utf16le')],
    ['UTF-16 without a mark, big end first', swapped(text('utf-16'))],
  ])('are read in %s', (_, content) => {
    const reading = readConfigurationFiles([{ name: 'a.xml', content }]);
    expect(mistakesOf(reading)).toEqual([]);
    if (reading.kind === 'configuration') {
      expect(reading.configuration.elements[0]?.attributes.DisplayName_L1).toBe('Zürich 東京');
      expect(reading.places).toEqual({ 'Agent A': { file: 'a.xml', line: 2 } });
    }
  });

  test.each<[string, Uint8Array | string, RegExp]>([
    ['another encoding', Buffer.from(text('iso-8859-1')), /declares the encoding iso-8859-1/],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0xff, 0xfe]), /is not valid UTF-8: save it as UTF-8/],
    ['nothing', '', /no well-formed XML/],
    ['an open element', '<ConfigurationFile>', /no well-formed XML: unclosed tag/],
    [
      'a root of another name',
      '<Configuration />',
      /^a\.xml:1:1: the root is <Configuration>: write <ConfigurationFile xmlns=/,
    ],
    [
      'a root of another namespace',
      '<ConfigurationFile xmlns="urn:x" />',
      /the root is <ConfigurationFile xmlns="urn:x">/,
    ],
    [
      'a billion laughs',
      `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>\n${inFile('<Agent Identifier="&lol2;" DisplayName_L1="a" />')}`,
      /^a\.xml:1:1: the file has a document type, which may define entities: take <!DOCTYPE …> out\.$/,
    ],
    [
      'an external entity',
      `<!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/hosts">]>${inFile('<Agent Identifier="&file;" DisplayName_L1="a" />')}`,
      /document type/,
    ],
    [
      'a document type elsewhere',
      '<!DOCTYPE ConfigurationFile SYSTEM "https://example.com/x.dtd"><ConfigurationFile />',
      /document type/,
    ],
    [
      'an entity without a document type',
      inFile('<Agent Identifier="&lol;" DisplayName_L1="a" />'),
      /an entity that is not defined/,
    ],
    [
      'deep nesting',
      inFile(`${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`),
      /nests elements deeper than 32 levels/,
    ],
    [
      'an attribute twice',
      inFile('<Agent Identifier="A" Identifier="A" />'),
      /no well-formed XML: duplicate attribute/,
    ],
  ])('are refused with %s', (_, content, mistake) => {
    expect(mistakesOf(readConfigurationFiles([{ name: 'a.xml', content }])).join('\n')).toMatch(mistake);
  });

  test('of 100,000 elements are read in seconds', () => {
    const rules = Array.from(
      { length: 50_000 },
      (_, number) =>
        `<AccessControlRule Identifier="R${number}" DisplayName_L1="R" Profile="P" EntityType="Job"><Entry Permission="/Jobs/Job/Query" /></AccessControlRule>`,
    );
    const startedAt = performance.now();
    const reading = read(`${profile}\n${rules.join('\n')}`);
    expect(reading.kind === 'configuration' && reading.configuration.elements.length).toBe(50_001);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  test('full of mistakes are told of as far as people read', () => {
    const mistakes = mistakesOf(read('<Unknwon />\n'.repeat(50_000)));
    expect(mistakes.length).toBe(1000);
  });

  test('of any text are read or refused', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      '=',
      '&',
      ';',
      'Agent',
      'Identifier',
      ' ',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '\n',
      'é',
      '\u0000',
      '\uD800',
      ':',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = inFile(pieces.join(''));
        const reading = readConfigurationFiles([{ name: 'a.xml', content: text }]);
        const { length } = text.split(/\r\n|\n|\r/);
        for (const mistake of mistakesOf(reading)) {
          const line = Number(/^a\.xml:(\d+):\d+: .*[.?]$/s.exec(mistake)?.[1]);
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(length);
        }
      }),
    );
  });
});

describe('a directory', () => {
  test('is read with all its files of any name, and only those', () => {
    const directory = mkdtempSync(join(tmpdir(), 'syncline-conf-'));
    try {
      mkdirSync(join(directory, 'b', 'c'), { recursive: true });
      writeFileSync(join(directory, 'b', 'c', 'Some File.XML'), inFile(agent));
      writeFileSync(
        join(directory, 'z.xml'),
        inFile('<Connector Identifier="C" DisplayName_L1="C" Agent="Local" />'),
      );
      writeFileSync(join(directory, 'notes.txt'), 'no configuration');
      const reading = readConfigurationDirectory(directory);
      expect(reading.kind === 'configuration' && reading.places).toEqual({
        'Agent Local': { file: 'b/c/Some File.XML', line: 2 },
        'Connector C': { file: 'z.xml', line: 2 },
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('that is not there, or holds nothing, is refused', () => {
    const directory = mkdtempSync(join(tmpdir(), 'syncline-conf-'));
    try {
      expect(mistakesOf(readConfigurationDirectory(directory)).join()).toMatch(/holds no \.xml file/);
      expect(mistakesOf(readConfigurationDirectory(join(directory, 'none'))).join()).toMatch(
        /cannot be read \(ENOENT\)/,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
