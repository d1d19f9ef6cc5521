/** The permissions that a template asks for, a line each: what each is for, and whether the tenant has granted it. */
import type { ApplicationTemplate } from '../../../../src/http/schemas/applications.ts';
import { Badge, type BadgeKind } from '../../kit/status-badge.tsx';
import { t } from '../../texts/applications.ts';

type Permission = ApplicationTemplate['permissions'][number];
type Standing = 'granted' | 'covered' | 'missing' | 'superfluous' | 'needed' | 'optional';

const kinds: Readonly<Record<Standing, BadgeKind>> = {
  granted: 'succeeded',
  covered: 'succeeded',
  missing: 'warning',
  superfluous: 'off',
  needed: 'waiting',
  optional: 'off',
};

export function PermissionList({
  permissions,
  granted,
}: Readonly<{ permissions: readonly Permission[]; granted?: readonly string[] | undefined }>) {
  return (
    <ul aria-label={t('permissions.list')} className="grid gap-2">
      {permissions.map((permission) => {
        const standing = standOf(permission, granted);
        return (
          <li key={permission.name} className="grid grid-cols-[9.5rem_minmax(0,1fr)] gap-x-3">
            <span>
              <Badge kind={kinds[standing]}>{t(`permissions.${standing}`)}</Badge>
            </span>
            <div className="min-w-0 text-[.8667rem]">
              <code className="break-words text-[.8rem]">{permission.name}</code>
              <span className="block text-muted">{permission.purpose}</span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** What each permission for reading is part of, too (Microsoft Graph permissions reference). */
const includedIn: Readonly<Record<string, readonly string[]>> = {
  'User.Read.All': ['User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'Group.Read.All': ['Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'Directory.Read.All': ['Directory.ReadWrite.All'],
};

function standOf({ name, isNeededForReading }: Permission, granted: readonly string[] | undefined): Standing {
  if (granted === undefined) return isNeededForReading ? 'needed' : 'optional';
  if (granted.includes(name)) return 'granted';
  if (includedIn[name]?.some((wider) => granted.includes(wider))) return 'covered';
  return isNeededForReading ? 'missing' : 'superfluous';
}
