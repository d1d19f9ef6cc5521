// The kinds of groups and their values (Microsoft Graph: group resource type, "Group types in Microsoft Entra ID").
import type { Values } from './directory-object.ts';
import { defaultDomain } from './first-objects.ts';
import { daysAgo, workingHour } from './generate-dates.ts';
import { onPremisesSid } from './generate-people.ts';
import { groupSubjects, groupTopics, offices, securityUses, toAddressPart } from './names.ts';
import type { Random } from './random.ts';

export type GroupKind =
  | 'security'
  | 'unified'
  | 'distribution'
  | 'synchronized'
  | 'mailSecurity'
  | 'roleAssignable'
  | 'deviceSecurity';

const noTypes: readonly string[] = Object.freeze([]);
const unified = Object.freeze(['Unified']);
const dynamic = Object.freeze(['DynamicMembership']);
const unifiedDynamic = Object.freeze(['Unified', 'DynamicMembership']);
const team = Object.freeze(['Team']);

/** Active Directory's ids of groups follow those of devices. */
const firstRelativeId = 9_000_000;

/** Values of the group with this number; the name follows from kind and number and is unique. */
export function groupValues(random: Random, kind: GroupKind, number: number): Values {
  switch (kind) {
    case 'security':
      return securityGroup(random, `sg-${nameOf(securityUses, number)}`, 'Access to a system.');
    case 'deviceSecurity':
      return securityGroup(random, `dev-${nameOf(offices, number)}`, 'Devices of one kind.');
    case 'roleAssignable':
      return {
        ...securityGroup(random, `role-${nameOf(securityUses, number)}`, 'Administrators.'),
        isAssignableToRole: true,
      };
    case 'synchronized': {
      const name = `AD-${nameOf(securityUses, number)}`;
      return {
        ...securityGroup(random, name, 'Maintained in Active Directory.'),
        onPremisesDomainName: 'corp.nordlicht.example',
        onPremisesLastSyncDateTime: daysAgo(0, 1),
        onPremisesNetBiosName: 'CORP',
        onPremisesSamAccountName: name,
        onPremisesSecurityIdentifier: onPremisesSid(firstRelativeId + number),
        onPremisesSyncEnabled: true,
      };
    }
    case 'unified': {
      const name = unifiedName(number);
      return {
        ...mailGroup(random, name, 'A team and its files.'),
        groupTypes: unified,
        resourceProvisioningOptions: number % 2 === 0 ? team : noTypes,
        securityEnabled: number % 4 === 0,
        visibility: number % 3 === 0 ? 'Public' : 'Private',
      };
    }
    case 'distribution':
      return {
        ...mailGroup(random, `DL ${nameOf(groupTopics, number)}`, 'A mailing list.'),
        groupTypes: noTypes,
        securityEnabled: false,
      };
    case 'mailSecurity':
      return {
        ...mailGroup(random, `MSG ${nameOf(groupTopics, number)}`, 'Access and mail.'),
        groupTypes: noTypes,
        securityEnabled: true,
      };
  }
}

/** Values of a dynamic group: a security group, or a Microsoft 365 group for every third. */
export function dynamicGroupValues(
  random: Random,
  displayName: string,
  membershipRule: string,
  isUnified: boolean,
): Values {
  const rule = { membershipRule, membershipRuleProcessingState: 'On' };
  return isUnified
    ? {
        ...mailGroup(random, displayName, 'Filled by a rule.'),
        groupTypes: unifiedDynamic,
        securityEnabled: false,
        visibility: 'Private',
        ...rule,
      }
    : {
        ...securityGroup(random, displayName, 'Filled by a rule.'),
        groupTypes: dynamic,
        ...rule,
      };
}

/** Values of a cloud security group. */
export function securityGroup(random: Random, displayName: string, description: string): Values {
  const createdDateTime = workingHour(random, 1 + random.below(2000));
  return {
    createdDateTime,
    description,
    displayName,
    groupTypes: noTypes,
    mailEnabled: false,
    mailNickname: nicknameOf(displayName),
    renewedDateTime: createdDateTime,
    securityEnabled: true,
  };
}

function mailGroup(random: Random, displayName: string, description: string): Values {
  const createdDateTime = workingHour(random, 1 + random.below(2000));
  const mailNickname = nicknameOf(displayName);
  const mail = `${mailNickname}@${defaultDomain}`;
  return {
    createdDateTime,
    description,
    displayName,
    mail,
    mailEnabled: true,
    mailNickname,
    proxyAddresses: [`SMTP:${mail}`],
    renewedDateTime: createdDateTime,
  };
}

/** A mail nickname: ASCII, at most 64 characters, words joined by hyphens. */
export function nicknameOf(displayName: string): string {
  return toAddressPart(displayName.replace(/[^\p{L}\p{N}]+/gu, '-')).slice(0, 64);
}

function unifiedName(number: number): string {
  const topic = groupTopics[number % groupTopics.length];
  const subject = groupSubjects[Math.floor(number / groupTopics.length) % groupSubjects.length];
  const round = Math.floor(number / groupTopics.length / groupSubjects.length);
  return round === 0 ? `${topic} ${subject}` : `${topic} ${subject} ${round + 1}`;
}

/** The words in turn, each time with the next number. */
function nameOf(words: readonly (string | { readonly code: string })[], number: number): string {
  const word = words[number % words.length]!;
  return `${typeof word === 'string' ? word : word.code}-${1 + Math.floor(number / words.length)}`;
}
