/** The values of an identity, each with where it comes from and since when it is so. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { IdentityDetails, ValueOrigin } from '../../../../src/http/schemas/identities.ts';
import { Card } from '../../kit/card.tsx';
import { Rich } from '../../kit/rich.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { SearchField } from '../../kit/search-field.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/identities.ts';
import { AttributeValue, plainValue } from '../directory/attribute-value.tsx';

export function AttributesTab({ identity: { attributes } }: Readonly<{ identity: IdentityDetails }>) {
  const [search, setSearch] = useState('');
  const words = search.toLowerCase();
  const shown = attributes.filter(({ name, label, value }) =>
    `${name} ${label ?? ''} ${plainValue(value)}`.toLowerCase().includes(words),
  );
  return (
    <Card
      title={t('identityAttributes.count', { count: attributes.length })}
      actions={
        <SearchField
          label={t('identityAttributes.search')}
          value={search}
          onChange={setSearch}
          className="w-56"
        />
      }
      isFlush
    >
      {shown.length === 0 ? (
        <p className="p-4 text-muted">{t('identityAttributes.noMatch')}</p>
      ) : (
        <ScrollRegion label={t('identityTab.attributes')}>
          <table
            className="grid-table"
            aria-label={t('identityTab.attributes')}
            style={{ minWidth: '44rem' }}
          >
            <thead>
              <tr>
                <th scope="col" className="w-[20%]">
                  {t('identities.column.property')}
                </th>
                <th scope="col">{t('identities.column.value')}</th>
                <th scope="col" className="w-[32%]">
                  {t('identities.column.source')}
                </th>
                <th scope="col" className="w-52">
                  {t('identities.column.since')}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ name, label, value, since, origin, setAgainBy }) => (
                <tr key={name}>
                  <td className="whitespace-normal">
                    {label !== null && <div>{label}</div>}
                    <div className="break-all font-mono text-2xs text-muted">{name}</div>
                  </td>
                  <td className="whitespace-normal">
                    <AttributeValue value={value} />
                  </td>
                  <td className="whitespace-normal">
                    <Origin origin={origin} setAgainBy={setAgainBy} />
                  </td>
                  <td>
                    <Time value={since?.at} none={t('identity.notKnown')} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Card>
  );
}

/** What a value was read from, or who wrote it. */
function Origin({ origin, setAgainBy }: Readonly<{ origin: ValueOrigin | null; setAgainBy: string | null }>) {
  if (origin === null) return <span className="text-muted">{t('identitySource.none')}</span>;
  const { kind, label, rule, source } = origin;
  if (kind === 'person') {
    return (
      <>
        <div>{t('identitySource.person', { label })}</div>
        {setAgainBy !== null && (
          <div className="text-2xs text-muted">{t('identitySource.setAgain', { mapping: setAgainBy })}</div>
        )}
      </>
    );
  }
  return (
    <>
      <div>
        {source === null ? (
          <Rich
            text={t('identitySource.mapping', { label })}
            parts={{ mapping: () => <MappingLink name={label} /> }}
          />
        ) : (
          <>
            {source.connection}
            {rule !== null && <code className="ms-1.5 break-all font-mono text-2xs">{rule.text}</code>}
          </>
        )}
      </div>
      {source !== null && (
        <div className="text-2xs text-muted">
          <Rich
            text={t('identitySource.from', { name: source.name ?? source.key })}
            parts={{
              account: (inner) => (
                <Link
                  to="/directory/$connection/$type/$key"
                  params={{ connection: source.connection, type: source.type, key: source.key }}
                  className="link"
                >
                  {inner}
                </Link>
              ),
            }}
          />
          {' · '}
          <MappingLink name={label} />
        </div>
      )}
    </>
  );
}

export function MappingLink({ name }: Readonly<{ name: string }>) {
  return (
    <Link to="/mappings/$name/mapping" params={{ name }} className="link">
      {name}
    </Link>
  );
}
