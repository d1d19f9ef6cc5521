/** Mappings that belong to no application, below the list of those that do. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mappingsQuery } from '../../data/mappings.ts';
import { useMay } from '../../data/session.ts';
import { Card } from '../../kit/card.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/mappings.ts';

export function OtherMappings() {
  const maySee = useMay('/Syncline/Mappings/Query');
  const { data } = useQuery({ ...mappingsQuery('none'), enabled: maySee });
  const mappings = data?.items ?? [];
  // Most installations have none, and need no empty table.
  if (mappings.length === 0) return null;
  return (
    <Card title={t('mappings.other')} isFlush>
      <p className="px-4 py-3 text-muted">{t('mappings.otherHint')}</p>
      <ScrollRegion label={t('mappings.other')}>
        <table className="grid-table min-w-[40rem]" aria-label={t('mappings.other')}>
          <thead>
            <tr>
              <th scope="col">{t('mappings.otherName')}</th>
              <th scope="col">{t('mappings.otherSource')}</th>
              <th scope="col">{t('mappings.otherTarget')}</th>
              <th scope="col">{t('mappings.otherState')}</th>
            </tr>
          </thead>
          <tbody>
            {mappings.map(({ name, source, target, isEnabled }) => (
              <tr key={name}>
                <td title={name}>
                  <Link to="/mappings/$name/mapping" params={{ name }} className="link">
                    {name}
                  </Link>
                </td>
                <td>{t('mappings.side', source)}</td>
                <td>{t('mappings.side', target)}</td>
                <td>
                  <StatusBadge status={isEnabled ? 'enabled' : 'disabled'} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Card>
  );
}
