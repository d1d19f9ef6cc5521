/** Words for what the directory tells in the words of Microsoft Graph: types of objects, kinds of groups and of memberships. */
import { t } from '../../texts/directory.ts';

type Attributes = Readonly<Record<string, unknown>>;

const known = [
  'user',
  'group',
  'application',
  'servicePrincipal',
  'device',
  'directoryRole',
  'administrativeUnit',
  'orgContact',
  'oAuth2PermissionGrant',
  'alpha_user',
  'alpha_group',
] as const;

/** A type in words; null stands for one that is not read. */
export function typeWords(type: string | null): string {
  if (type === null) return t('type.unknown');
  const found = known.find((name) => name === type);
  return found === undefined ? t('type.other', { name: type }) : t(`type.${found}`);
}

/** What kind of group it is; undefined where the attributes that say so are not read. */
export function groupTypeWords({ groupTypes, mailEnabled, securityEnabled }: Attributes): string | undefined {
  if (listOf(groupTypes).includes('Unified')) return t('groupType.microsoft365');
  if (securityEnabled === true)
    return mailEnabled === true ? t('groupType.mailSecurity') : t('groupType.security');
  return mailEnabled === true ? t('groupType.distribution') : undefined;
}

/** How members of a group come to be such. */
export function membershipTypeWords({ groupTypes }: Attributes): string {
  return listOf(groupTypes).includes('DynamicMembership')
    ? t('membershipType.dynamic')
    : t('membershipType.assigned');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Yes or no; undefined where it is not read. */
export function yesOrNo(value: unknown): string | undefined {
  return typeof value === 'boolean' ? t(value ? 'form.yes' : 'form.no') : undefined;
}
