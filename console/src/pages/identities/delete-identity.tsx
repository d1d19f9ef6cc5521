/** The window that deletes an identity: what goes with it, and what stays. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { IdentityDetails, IdentityRemoval } from '../../../../src/http/schemas/identities.ts';
import { deleteIdentity, identityRemovalQuery } from '../../data/identities.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Loaded } from '../../kit/states.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/identities.ts';

/** Where so much hangs on it, the name is typed. */
const muchLinks = 100;

export function DeleteIdentity({
  identity,
  onClose,
}: Readonly<{ identity: IdentityDetails; onClose: () => void }>) {
  const navigate = useNavigate();
  const { type, key, name, version } = identity;
  const removal = useQuery(identityRemovalQuery({ type, key }));
  const links = removal.data?.links.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const remove = async () => {
    await deleteIdentity({ type, key }, version ?? undefined);
    showToast({ kind: 'success', title: t('identityDelete.done', { name }) });
    await navigate({ to: '/identities', search: type === 'alpha_user' ? {} : { type } });
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('identityDelete.title', { name })}
      confirm={t('identityDelete.confirm')}
      mustType={links > muchLinks ? name : undefined}
      permission="/Syncline/Identities/Update"
      onConfirm={remove}
    >
      <Loaded query={removal} lines={3}>
        {(found) => <Consequences {...found} />}
      </Loaded>
    </ConfirmDialog>
  );
}

function Consequences({ accounts, links, applications }: IdentityRemoval) {
  return (
    <div className="grid gap-3">
      <div>
        <p className="font-medium">{t('identityDelete.goes')}</p>
        <ul className="list-disc ps-5">
          <li>{t('identityDelete.identity')}</li>
          {links.map(({ association, direction, count }) => (
            <li key={`${association} ${direction}`}>{linkWords(association, direction, count)}</li>
          ))}
        </ul>
      </div>
      <div>
        <p className="font-medium">{t('identityDelete.stays')}</p>
        <ul className="list-disc ps-5">
          {accounts.map(({ mapping, connection, count }) => (
            <li key={mapping}>{t('identityDelete.accounts', { mapping, connection, count })}</li>
          ))}
          {applications.length > 0 && (
            <li>{t('identityDelete.applications', { names: applications.join(', ') })}</li>
          )}
          {accounts.length + applications.length === 0 && <li>{t('identityDelete.nothingStays')}</li>}
        </ul>
      </div>
    </div>
  );
}

function linkWords(association: string, direction: 'from' | 'to', count: number): string {
  switch (`${association} ${direction}`) {
    case 'alpha_group.members to':
      return t('identityDelete.memberships', { count });
    case 'alpha_group.members from':
      return t('identityDelete.members', { count });
    case 'alpha_group.owners to':
      return t('identityDelete.owned', { count });
    case 'alpha_group.owners from':
      return t('identityDelete.owners', { count });
    case 'alpha_user.manager to':
      return t('identityDelete.reports', { count });
    case 'alpha_user.manager from':
      return t('identityDelete.manager');
    default:
      return t('identityDelete.links', { count, association });
  }
}
