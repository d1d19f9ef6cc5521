/** Every permission with the roles that have it. */
import { useQuery } from '@tanstack/react-query';
import { rolesQuery } from '../../data/users.ts';
import { EnabledMark } from '../../kit/enabled-mark.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Loaded } from '../../kit/states.tsx';
import { t } from '../../texts/users.ts';

export const roleNames = ['administrator', 'operator', 'auditor'] as const;

export function RoleMatrix() {
  const query = useQuery(rolesQuery);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <KeyValueList items={roleNames.map((role) => [t(`role.${role}`), t(`roles.${role}`)])} />
      <Loaded query={query} lines={8}>
        {({ permissions }) => (
          <ScrollRegion label={t('roles.label')} className="card">
            <table className="grid-table min-w-[40rem]" aria-label={t('roles.label')}>
              <thead>
                <tr>
                  <th scope="col">{t('roles.permission')}</th>
                  {roleNames.map((role) => (
                    <th key={role} scope="col" className="w-32">
                      {t(`role.${role}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {permissions.map(({ path, meaning, roles }) => (
                  <tr key={path}>
                    <th scope="row" className="text-start font-normal">
                      {meaning} <code className="text-2xs text-muted">{path}</code>
                    </th>
                    {roleNames.map((role) => (
                      <td key={role}>
                        <EnabledMark isEnabled={roles.includes(role)} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        )}
      </Loaded>
    </div>
  );
}
