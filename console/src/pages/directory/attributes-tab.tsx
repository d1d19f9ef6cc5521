/** All attributes of an object with the time since which each is as it is, and beside them what changed last. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ResourceDetails } from '../../../../src/http/schemas/directory.ts';
import { historyQuery, type ResourceAddress } from '../../data/directory.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { SearchField } from '../../kit/search-field.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/directory.ts';
import { AttributeValue, plainValue } from './attribute-value.tsx';
import { Timeline } from './history-tab.tsx';

const recentEntries = 5;

type Props = Readonly<{ address: ResourceAddress; resource: ResourceDetails; onHistory: () => void }>;

export function AttributesTab({ address, resource, onHistory }: Props) {
  const [search, setSearch] = useState('');
  const words = search.toLowerCase();
  const shown = resource.attributes.filter(({ name, value }) =>
    `${name} ${plainValue(value)}`.toLowerCase().includes(words),
  );
  const recent = useQuery(historyQuery(address, { limit: recentEntries }));
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <Card
        title={t('attributes.count', { count: resource.attributes.length })}
        actions={
          <SearchField label={t('attributes.search')} value={search} onChange={setSearch} className="w-56" />
        }
        isFlush
      >
        {shown.length === 0 ? (
          <p className="p-4 text-muted">{t(search === '' ? 'attributes.none' : 'table.noMatch')}</p>
        ) : (
          <ScrollRegion label={t('tab.attributes')}>
            <table className="grid-table" aria-label={t('tab.attributes')}>
              <thead>
                <tr>
                  <th scope="col" className="w-[30%]">
                    {t('directory.column.property')}
                  </th>
                  <th scope="col">{t('directory.column.value')}</th>
                  <th scope="col" className="w-44">
                    {t('directory.column.since')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map(({ name, value, since, isSinceFirstSight }) => (
                  <tr key={name}>
                    <td className="break-all font-mono text-2xs">{name}</td>
                    <td className="whitespace-normal">
                      <AttributeValue value={value} />
                    </td>
                    <td title={isSinceFirstSight ? t('attributes.sinceFirst') : undefined}>
                      <span className={isSinceFirstSight ? 'text-muted' : ''}>
                        <Time value={since?.at} none={t('attributes.sinceUnknown')} />
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        )}
      </Card>
      <Card
        title={t('attributes.recent')}
        actions={
          <Button look="ghost" onClick={onHistory}>
            {t('attributes.allHistory')}
          </Button>
        }
      >
        <Loaded query={recent}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="text-muted">{t('history.none')}</p>
            ) : (
              <Timeline address={address} items={items} />
            )
          }
        </Loaded>
      </Card>
    </div>
  );
}
