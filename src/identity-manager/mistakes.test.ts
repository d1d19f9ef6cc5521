import { describe, expect, test } from 'vitest';
import { type ConfigurationReading, readConfigurationFiles } from './read-configuration.ts';

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
const connection = `${connector}<Connection Identifier="X" DisplayName_L1="X" Connector="C" Package="Usercube.AzureAD@0000001" />`;
const profile = '<Profile Identifier="P" DisplayName_L1="P" />';
const entityType =
  '<EntityType Identifier="T"><Property Identifier="key" TargetColumnIndex="4" IsKey="true" /><Property Identifier="other" TargetColumnIndex="5" /><Property Identifier="members" Type="ForeignKey" /></EntityType>';
const mapping = `${connector}${entityType}<EntityTypeMapping Identifier="T" Connector="C" ConnectionTable="X_t"><Property Identifier="key" ConnectionColumn="id" IsPrimaryKey="true" /><Property Identifier="other" ConnectionColumn="other" /></EntityTypeMapping>`;
const association = `${mapping}<EntityAssociation Identifier="A" Property1="T:members" Property2="T:members" />`;

function job(tasks: string, attributes = ''): string {
  return `${agent}<Job Identifier="J" DisplayName_L1="J" ${attributes}>${tasks}</Job>`;
}

function task(identifier: string, parent?: string): string {
  const within = parent === undefined ? '' : `<TaskDependsOnTask ParentTask="${parent}" />`;
  return `<SetRecentlyModifiedFlagTask Identifier="${identifier}" DisplayName_L1="${identifier}">${within}</SetRecentlyModifiedFlagTask>`;
}

describe('a mistake is named with its place and its remedy', () => {
  test.each<[elements: string, mistake: RegExp]>([
    // Names.
    [
      '<Conector Identifier="C" />',
      /^a\.xml:2:1: there is no element Conector \(did you mean Connector\?\): /,
    ],
    [
      '<Connector Identifier="C" DisplayName_L1="C" Agnet="Local" />',
      /^a\.xml:2:46: Connector C has no attribute Agnet \(did you mean Agent\?\)/,
    ],
    ['<connector Identifier="C" />', /there is no element connector \(did you mean Connector\?\)/],
    ['<Agent Identifier="A" DisplayName_L17="A" DisplayName_L1="A" />', /has no attribute DisplayName_L17/],
    ['<x:Agent xmlns:x="urn:other" Identifier="A" />', /there is no element Agent/],
    [
      job('<Export />'),
      /there is no element Export in Job J \(did you mean ExportTask\?\): correct its name/,
    ],
    [
      '<EntityType Identifier="T"><Propertie Identifier="a" /></EntityType>',
      /there is no element Propertie in EntityType T \(did you mean Property\?\): EntityType may hold Property\./,
    ],
    ['<Agent Identifier="A" DisplayName_L1="A"><B /></Agent>', /Agent has no elements within/],
    ['<Agent Identifier="A" DisplayName_L1="A">text</Agent>', /Agent A holds text/],
    ['text', /ConfigurationFile holds text/],
    // Attributes.
    ['<Agent DisplayName_L1="A" />', /^a\.xml:2:1: Agent lacks the attribute Identifier: add it\.$/],
    ['<Agent Identifier="A" />', /lacks the attribute DisplayName_L1/],
    ['<Agent Identifier="" DisplayName_L1="A" />', /Attribute Identifier of Agent is empty/],
    [
      job('', 'CronTabExpression="0 0 * * *" CrontabExpression="0 0 * * *"'),
      /has both CronTabExpression and CrontabExpression, which mean the same/,
    ],
    [
      '<Connector Identifier="C" DisplayName_L1="C" IsDeactivated="yes" />',
      /Attribute IsDeactivated of Connector C is "yes": write true or false \(1 or 0\)/,
    ],
    [
      '<Connector Identifier="C" DisplayName_L1="C" MaximumInsertedLines="-1" />',
      /is "-1": write a whole number from 0 on/,
    ],
    [
      '<Connector Identifier="C" DisplayName_L1="C" MaximumInsertedLines="1e3" />',
      /is "1e3": write a whole number/,
    ],
    [
      '<Connector Identifier="C" DisplayName_L1="C" MaximumInsertedLines="99999999999" />',
      /is "99999999999": write a whole number/,
    ],
    [
      '<Connector Identifier="C" DisplayName_L1="C" CompleteJob="Usde" />',
      /is "Usde" \(did you mean Used\?\): choose from Used, NotUsed, OnlySynchronization, OnlyProvisioning/,
    ],
    ['<Connector Identifier="C" DisplayName_L1="C" CompleteJob="4" />', /is "4": choose from/],
    [
      '<EntityType Identifier="T"><Property Identifier="a" Type="11" IsKey="1" /></EntityType>',
      /Attribute Type of Property a is "11": choose from String/,
    ],
    [
      `${profile}<OpenIdClient Identifier="O" DisplayName_L1="O" Profile="P" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" ExpirationDate="31/12/2030" />`,
      /ExpirationDate of OpenIdClient O is "31\/12\/2030": write a date such as 2030-12-31/,
    ],
    [
      `${profile}<OpenIdClient Identifier="O" DisplayName_L1="O" Profile="P" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" ExpirationDate="2030-02-30" />`,
      /"2030-02-30": write a date/,
    ],
    // Identifiers.
    ['<Connector Identifier="My Connector" DisplayName_L1="C" />', /is "My Connector": begin with a letter/],
    ['<Connector Identifier="1C" DisplayName_L1="C" />', /begin with a letter/],
    [
      `${connector}<Connection Identifier="a_b" DisplayName_L1="X" Connector="C" Package="p" />`,
      /is "a_b": begin with a letter and use letters, digits, periods and hyphens only \(an underscore/,
    ],
    [
      `${connector}<Connection Identifier="a${'b'.repeat(442)}" DisplayName_L1="X" Connector="C" Package="p" />`,
      /has 443 characters: use 442 at most/,
    ],
    [
      '<EntityType Identifier="a-b"><Property Identifier="a" IsKey="1" TargetColumnIndex="4" /></EntityType>',
      /is "a-b": begin with a letter and use letters, digits and underscores only/,
    ],
    [
      '<EntityType Identifier="Class"><Property Identifier="a" IsKey="1" TargetColumnIndex="4" /></EntityType>',
      /is "Class", which is a reserved word/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="ID" IsKey="1" TargetColumnIndex="4" /></EntityType>',
      /is "ID", which is a reserved word/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="é" IsKey="1" TargetColumnIndex="4" /></EntityType>',
      /is "é": begin with a letter and use letters without accents/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" DisplayName_L1="Id" IsKey="1" TargetColumnIndex="4" /></EntityType>',
      /is displayed as Id, which is reserved/,
    ],
    [
      `${agent}\n<Agent Identifier="LOCAL" DisplayName_L1="x" />`,
      /^a\.xml:3:8: Agent LOCAL is already at a\.xml:2:1 \(case does not count\)/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" TargetColumnIndex="4" /><Property Identifier="A" TargetColumnIndex="5" /></EntityType>',
      /Property of EntityType T: A is already at/,
    ],
    [job(task('K') + task('k')), /task k is already at/],
    [`${task('K')}${job(task('K'))}`, /task K is already at/],
    // References.
    [
      '<Connector Identifier="C" DisplayName_L1="C" Agent="Locl" /><Agent Identifier="Local" DisplayName_L1="L" />',
      /Attribute Agent of Connector C names the Agent "Locl", which does not exist \(did you mean Local\?\): add it or correct the name/,
    ],
    ['<SynchronizationAccessControlRules Profile="P" />', /names the Profile "P", which does not exist/],
    [
      job(task('K', 'L')),
      /Attribute ParentTask of TaskDependsOnTask names the task "L", which does not exist/,
    ],
    [job('<Step Identifier="Nowhere" />'), /Attribute Task of Step names the task "Nowhere"/],
    [
      `${entityType}<EntityAssociation Identifier="A" Property1="T:membres" Property2="U:members" />`,
      /names the property "membres", which EntityType T does not have \(did you mean members\?\)/,
    ],
    [
      `${entityType}<EntityAssociation Identifier="A" Property1="T:members" Property2="U:members" />`,
      /Attribute Property2 of EntityAssociation A names the EntityType "U", which does not exist/,
    ],
    [
      `${entityType}<EntityAssociation Identifier="A" Property1="T.members" Property2="T:members" />`,
      /is "T\.members": write EntityType:Property/,
    ],
    // Entity types and mappings.
    [
      '<EntityType Identifier="T"><Property Identifier="a" TargetColumnIndex="4" /></EntityType>',
      /EntityType T has no key: write IsKey="true"/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" TargetColumnIndex="153" /></EntityType>',
      /is "153": write a whole number from -1 to 152/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" TargetColumnIndex="128" /></EntityType>',
      /TargetColumnIndex 128, and its Type is String: 128 to 152 are for ForeignKey/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" TargetColumnIndex="4" /><Property Identifier="b" Type="ForeignKey" TargetColumnIndex="2" /></EntityType>',
      /TargetColumnIndex 2, and its Type is ForeignKey/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" TargetColumnIndex="4" /><Property Identifier="b" Type="Binary" TargetColumnIndex="5" /></EntityType>',
      /its Type is Binary/,
    ],
    [
      '<EntityType Identifier="T"><Property Identifier="a" IsKey="1" TargetColumnIndex="4" /><Property Identifier="b" TargetColumnIndex="4" /></EntityType>',
      /Property b of EntityType T has the TargetColumnIndex 4, which Property a has already/,
    ],
    [
      `${entityType}<EntityTypeMapping Identifier="T"><Property Identifier="key" /></EntityTypeMapping>`,
      /EntityTypeMapping T has no primary key/,
    ],
    [
      `${entityType}<EntityTypeMapping Identifier="T"><Property Identifier="key" IsPrimaryKey="1" /><Property Identifier="other" IsPrimaryKey="1" /></EntityTypeMapping>`,
      /has the primary keys key and other/,
    ],
    [
      `${entityType}<EntityTypeMapping Identifier="T"><Property Identifier="kye" IsPrimaryKey="1" /></EntityTypeMapping>`,
      /maps the property kye, which its EntityType does not have/,
    ],
    [
      `${entityType}<EntityTypeMapping Identifier="T" C0="user user"><Property Identifier="key" IsPrimaryKey="1" /></EntityTypeMapping>`,
      /names user twice/,
    ],
    [
      '<EntityTypeMapping Identifier="T"><Property Identifier="key" IsPrimaryKey="1" /></EntityTypeMapping>',
      /names the EntityType "T", which does not exist/,
    ],
    [
      `${entityType}<EntityAssociation Identifier="A" Property1="T:key" Property2="T:members" />`,
      /names T:key, whose Type is String: an association leads from one ForeignKey/,
    ],
    [
      `${association}<EntityAssociationMapping Identifier="A" Connector="C" Column1="a" Column2="b" EntityPropertyMapping1="T:key" EntityPropertyMapping2="T:other" />`,
      /EntityPropertyMapping2 of EntityAssociationMapping A names T:other, which is no key of its mapping/,
    ],
    [
      `${association}<EntityAssociationMapping Identifier="A" Connector="C" Column1="a" Column2="b" EntityPropertyMapping1="T:key" EntityPropertyMapping2="T:members" />`,
      /names T:members, which no EntityTypeMapping maps/,
    ],
    [
      `${association}<Connector Identifier="D" DisplayName_L1="D" /><EntityAssociationMapping Identifier="A" Connector="D" Column1="a" Column2="b" EntityPropertyMapping1="T:key" EntityPropertyMapping2="T:key" />`,
      /belongs to Connector C: both ends have to belong to Connector D/,
    ],
    // Access.
    [
      `${profile}<AccessControlRule Identifier="R" DisplayName_L1="R" Profile="P" EntityType="Job"><Entry Permission="/" CanExecute="true" /></AccessControlRule>`,
      /grants the permission \//,
    ],
    [
      `${profile}<AccessControlRule Identifier="R" DisplayName_L1="R" Profile="P" EntityType="Job"><Entry Permission="Jobs" /></AccessControlRule>`,
      /is "Jobs": write a path such as \/Jobs\/Task\/Query/,
    ],
    [
      `${profile}<OpenIdClient Identifier="O" DisplayName_L1="O" Profile="P" HashedSecret="my-secret" />`,
      /^a\.xml:2:\d+: Attribute HashedSecret of OpenIdClient O is no SHA-256 in Base64/,
    ],
    // Jobs.
    [
      job('', 'CronTabExpression="61 * * * *"'),
      /^a\.xml:2:\d+: Attribute CronTabExpression of Job J cannot be understood: .*61/,
    ],
    [job('', 'CronTabExpression="0 0 31 2 *"'), /cannot be understood/],
    [job(task('K', 'L') + task('L', 'M') + task('M', 'K')), /the tasks K → L → M → K wait for each other/],
    [job(task('K', 'K')), /the tasks K → K wait for each other/],
    [
      `${job('<CreateDatabaseViewsTask DisplayName_L1="V" Agent="Other" />', 'Agent="Local"')}<Agent Identifier="Other" DisplayName_L1="O" />`,
      /runs on Agent Other and Job J on Agent Local: the tasks of a job run on one agent/,
    ],
    [
      `${connection}<Connector Identifier="D" DisplayName_L1="D" /><FulfillTask Identifier="F" DisplayName_L1="F" Connector="D" Connection="X" />`,
      /names Connection X, which belongs to Connector C, and Connector D/,
    ],
    [
      job('<ExportTask DisplayName_L1="E" />'),
      /ExportTask lacks the attribute Agent.*\n.*lacks the attribute OpenIdClient/,
    ],
    [job('<PrepareSynchronizationTask DisplayName_L1="E" />'), /lacks the attribute SynchronizationMode/],
    [
      `${connector}<CreateConnectorSynchroComplete Connector="C"><CronTabExpression CronTab="* * * *" /></CreateConnectorSynchroComplete>`,
      /Attribute CronTab of CronTabExpression cannot be understood/,
    ],
    [
      `${connector}<CreateConnectorSynchroComplete Connector="C"><NoProvisioning /><NoProvisioning /></CreateConnectorSynchroComplete>`,
      /has NoProvisioning twice: leave one out/,
    ],
  ])('%s', (elements, mistake) => {
    expect(mistakesOf(read(elements)).join('\n')).toMatch(mistake);
  });

  test('and all mistakes of all files together, in their order', () => {
    const reading = readConfigurationFiles([
      { name: 'b.xml', content: inFile('<Agent Identifier="B" />\n<Agnt />') },
      { name: 'a.xml', content: inFile('\n<Connector Identifier="C" DisplayName_L1="C" Agent="D" />') },
    ]);
    expect(mistakesOf(reading).map((mistake) => mistake.split(': ')[0])).toEqual([
      'a.xml:3:46',
      'b.xml:2:1',
      'b.xml:3:1',
    ]);
  });

  test('without showing what may be a secret', () => {
    const client = `${profile}<OpenIdClient Identifier="O" DisplayName_L1="O" Profile="P" HashedSecret="my-secret" />`;
    expect(mistakesOf(read(client)).join('\n')).not.toContain('my-secret');
  });
});
