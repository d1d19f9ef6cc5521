/** Provisioning, Data: the accounts of the application as they were last read, or how far their first reading is. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type {
  ApplicationAccount,
  ApplicationObjectTypes,
} from '../../../../src/http/schemas/applications.ts';
import { dataQuery, objectTypesQuery } from '../../data/applications.ts';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { text } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/applications.ts';
import { plainValue } from '../directory/attribute-value.tsx';
import { typeWords } from '../directory/type-words.ts';
import { AccountPanel } from './account-panel.tsx';
import { useApplication } from './application-context.ts';
import { DataStanding } from './data-standing.tsx';

const usualType = 'user';
const fields = listFields('', { type: text(usualType), account: text() });

export function DataTab() {
  const { id, connection } = useApplication();
  const list = useList(fields);
  const { type, account } = list.filters;
  const types = useQuery(objectTypesQuery(id));
  const query = useQuery(
    dataQuery(id, { type, q: list.q, limit: list.pageSize, after: list.after || undefined }),
  );
  const shown = types.data?.items.find((one) => one.type === type);
  const columns = useMemo(() => columnsOf(shown), [shown]);
  if (connection.state === 'not-set-up') {
    return (
      <EmptyState
        title={t('connection.notSetUp')}
        description={t('data.notSetUpText')}
        action={
          <Link
            to="/applications/$applicationId/provisioning/connection"
            params={{ applicationId: String(id) }}
            className="btn btn-primary"
          >
            {t('applications.setUp')}
          </Link>
        }
      />
    );
  }
  const { data } = query;
  const opened = data?.items.find(({ key }) => key === account);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {data && data.state !== 'read' && <DataStanding data={data} runId={connection.runningJobRunId} />}
      <DataTable
        name={`application-data-${type}`}
        label={t('data.table', { type: typeWords(type) })}
        searchLabel={t('data.search')}
        columns={columns}
        rowKey={({ key }) => key}
        query={query}
        list={{ ...list, isNarrowed: list.q !== '' }}
        onOpen={({ key }) => list.setFilters({ account: key })}
        openKey={account === '' ? null : account}
        filters={
          types.data &&
          types.data.items.length > 1 && (
            <CompactSelect
              label={t('data.type')}
              className="w-52"
              value={type}
              options={types.data.items.map((one) => ({ value: one.type, label: typeWords(one.type) }))}
              onChange={(chosen) => list.setFilters({ type: chosen ?? usualType, account: '' })}
            />
          )
        }
        actions={
          data?.readAt && (
            <span className="text-[.8667rem] text-muted">
              {t('data.readAt')} <Time value={data.readAt} />
            </span>
          )
        }
        empty={{ title: t('data.empty'), description: t('data.emptyText') }}
      />
      {opened && connection.name !== null && (
        <AccountPanel
          account={opened}
          connection={connection.name}
          type={type}
          onClose={() => list.setFilters({ account: '' })}
        />
      )}
    </div>
  );
}

/** So many attributes are columns until somebody chooses others. */
const shownAtFirst = 5;

/** The attributes that mappings read come first. */
function columnsOf(
  type: ApplicationObjectTypes['items'][number] | undefined,
): readonly Column<ApplicationAccount>[] {
  const properties = type?.properties ?? [];
  const ordered = [
    ...properties.filter(({ isMapped }) => isMapped),
    ...properties.filter(({ isMapped }) => !isMapped),
  ].filter(({ name }) => name !== 'displayName');
  return [
    { key: 'name', title: t('data.name'), width: 14, cell: ({ name }) => name },
    ...ordered.map(
      ({ name }, index): Column<ApplicationAccount> => ({
        key: name,
        title: name,
        width: 13,
        isHiddenAtFirst: index >= shownAtFirst,
        cell: ({ attributes }) =>
          attributes[name] === undefined ? (
            <span className="text-muted">{t('time.none')}</span>
          ) : (
            plainValue(attributes[name])
          ),
      }),
    ),
    { key: 'key', title: t('data.key'), width: 18, isHiddenAtFirst: true, cell: ({ key }) => key },
  ];
}
