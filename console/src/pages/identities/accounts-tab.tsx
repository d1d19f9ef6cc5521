/** The accounts in other systems that belong to an identity, and how each came to be linked. */
import { Link } from '@tanstack/react-router';
import type { IdentityDetails } from '../../../../src/http/schemas/identities.ts';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/identities.ts';
import { MappingLink } from './attributes-tab.tsx';

type Account = IdentityDetails['accounts'][number];

export function AccountsTab({ identity: { accounts } }: Readonly<{ identity: IdentityDetails }>) {
  if (accounts.length === 0) {
    return (
      <div className="card">
        <EmptyState title={t('identityAccounts.none')} description={t('identityAccounts.noneHint')} />
      </div>
    );
  }
  return (
    <div className="card overflow-hidden">
      <ScrollRegion label={t('identityTab.accounts')}>
        <table className="grid-table" aria-label={t('identityTab.accounts')} style={{ minWidth: '50rem' }}>
          <thead>
            <tr>
              <th scope="col">{t('identities.column.account')}</th>
              <th scope="col">{t('identities.column.system')}</th>
              <th scope="col">{t('identities.column.mapping')}</th>
              <th scope="col">{t('identities.column.how')}</th>
              <th scope="col" className="w-52">
                {t('identities.column.linked')}
              </th>
            </tr>
          </thead>
          <tbody>
            {accounts.map((account) => (
              <Row key={account.linkNumber} account={account} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}

function Row({ account }: Readonly<{ account: Account }>) {
  const { connection, type, key, name, mapping, isMappingEnabled, side, linkedAt } = account;
  return (
    <tr>
      <td className="whitespace-normal">
        {name === null ? (
          <span className="text-muted">{t('identityAccounts.gone', { key })}</span>
        ) : (
          <Link to="/directory/$connection/$type/$key" params={{ connection, type, key }} className="link">
            {name}
          </Link>
        )}
      </td>
      <td className="whitespace-normal">
        {connection}
        <div className="text-2xs text-muted">{type}</div>
      </td>
      <td className="whitespace-normal">
        <MappingLink name={mapping} />
        <div className="text-2xs text-muted">
          {t(side === 'target' ? 'identityAccounts.isTarget' : 'identityAccounts.isSource')}
          {!isMappingEnabled && ` · ${t('identityAccounts.disabled')}`}
        </div>
      </td>
      <td className="whitespace-normal">{howLinked(account)}</td>
      <td>
        <Time value={linkedAt} />
      </td>
    </tr>
  );
}

function howLinked({ linkedBy, matchedOn }: Account): string {
  if (linkedBy !== null) return t('identityAccounts.byHand', { name: linkedBy });
  if (matchedOn === null) return t('identityAccounts.made');
  const values = Object.entries(matchedOn.attributes).map(([name, value]) => `${name} = ${value}`);
  return t('identityAccounts.matched', { rule: matchedOn.rule, values: values.join(', ') });
}
