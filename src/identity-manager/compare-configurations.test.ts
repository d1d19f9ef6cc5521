import { expect, test } from 'vitest';
import { compareConfigurations, describeDifference, isSameConfiguration } from './compare-configurations.ts';
import { type Configuration, emptyConfiguration } from './configuration.ts';
import { readConfigurationFiles } from './read-configuration.ts';

function read(elements: string): Configuration {
  const content = `<ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">${elements}</ConfigurationFile>`;
  const reading = readConfigurationFiles([{ name: 'a.xml', content }]);
  if (reading.kind === 'refused') throw new Error(reading.mistakes.join('\n'));
  return reading.configuration;
}

const hash = 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=';
const otherHash = hash.replace('K7', 'K8');

const before = read(`
  <Agent Identifier="Local" DisplayName_L1="Local" />
  <Connector Identifier="Entra" DisplayName_L1="Entra" Agent="Local" MaximumInsertedLines="50" />
  <Connector Identifier="Old" DisplayName_L1="Old" />
  <EntityType Identifier="T">
    <Property Identifier="key" TargetColumnIndex="4" IsKey="true" />
    <Property Identifier="first" TargetColumnIndex="5" />
    <Property Identifier="second" TargetColumnIndex="6" />
  </EntityType>
  <Profile Identifier="P" DisplayName_L1="P" />
  <OpenIdClient Identifier="Job" DisplayName_L1="Job" Profile="P" HashedSecret="${hash}" />
  <Job Identifier="J" DisplayName_L1="J">
    <SetRecentlyModifiedFlagTask Identifier="a" DisplayName_L1="a" />
    <UpdateClassificationTask Identifier="b" DisplayName_L1="b" />
  </Job>`);

const after = read(`
  <Agent Identifier="Local" DisplayName_L1="Here" />
  <Connector Identifier="Entra" DisplayName_L1="Entra" Agent="Local" IsDeactivated="1" />
  <Connector Identifier="New" DisplayName_L1="New" />
  <EntityType Identifier="T">
    <Property Identifier="key" TargetColumnIndex="4" IsKey="true" />
    <Property Identifier="first" TargetColumnIndex="7" />
    <Property Identifier="third" TargetColumnIndex="6" />
  </EntityType>
  <Profile Identifier="P" DisplayName_L1="P" />
  <SynchronizationAccessControlRules Profile="P" />
  <OpenIdClient Identifier="job" DisplayName_L1="Job" Profile="P" HashedSecret="${otherHash}" />
  <Job Identifier="J" DisplayName_L1="J">
    <UpdateClassificationTask Identifier="b" DisplayName_L1="b" />
    <SetRecentlyModifiedFlagTask Identifier="a" DisplayName_L1="a"><TaskDependsOnTask ParentTask="b" /></SetRecentlyModifiedFlagTask>
  </Job>`);

test('a difference is told in lines that people read', () => {
  expect(describeDifference(compareConfigurations(before, after))).toEqual([
    '- Connector Old "Old"',
    '+ Connector New "New"',
    '+ AccessControlRule P_Connector_ConnectorMapping_Query "P - SynchronizeSessionConnector" (from SynchronizationAccessControlRules P)',
    '+ AccessControlRule P_Connector_Connectors_SynchronizeSession "P - SynchronizeSessionConnector" (from SynchronizationAccessControlRules P)',
    '+ AccessControlRule P_Resource_Connectors_SynchronizeSession "P - SynchronizeSessionResource" (from SynchronizationAccessControlRules P)',
    '+ SynchronizationAccessControlRules P',
    '~ Agent Local "Here"',
    '    DisplayName_L1: "Local" → "Here"',
    '~ Connector Entra "Entra"',
    '    MaximumInsertedLines: "50" → default',
    '    IsDeactivated: default → "true"',
    '~ EntityType T',
    '    - Property second',
    '    ~ Property first',
    '        TargetColumnIndex: "5" → "7"',
    '    + Property third',
    '~ OpenIdClient job "Job"',
    '    Identifier: "Job" → "job"',
    '    HashedSecret: another secret',
    '~ Job J "J"',
    '    ~ SetRecentlyModifiedFlagTask a',
    '        + TaskDependsOnTask ParentTask="b"',
    '    ~ another order',
  ]);
});

test('what is equal has no difference, and everything differs from nothing', () => {
  expect(isSameConfiguration(compareConfigurations(after, after))).toBe(true);
  const { added, removed, changed } = compareConfigurations(emptyConfiguration, after);
  expect([added.length, removed.length, changed.length]).toEqual([after.elements.length, 0, 0]);
  expect(compareConfigurations(after, emptyConfiguration).removed).toEqual(after.elements);
});
