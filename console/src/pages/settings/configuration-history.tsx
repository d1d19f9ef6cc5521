/** What was deployed, when and by whom, the newest first. */
import { useQuery } from '@tanstack/react-query';
import type { DeploymentRecord } from '../../../../src/http/schemas/configuration.ts';
import { configurationQuery } from '../../data/configuration.ts';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/configuration.ts';

const columns: readonly Column<DeploymentRecord>[] = [
  {
    key: 'revision',
    title: t('configuration.historyRevision'),
    cell: ({ revision }) => revision ?? t('time.none'),
    isNumeric: true,
    width: 6,
  },
  {
    key: 'when',
    title: t('configuration.when'),
    cell: ({ recordedAt }) => <Time value={recordedAt} />,
    width: 12,
  },
  { key: 'who', title: t('configuration.who'), cell: ({ actor }) => actor, width: 14 },
  {
    key: 'what',
    title: t('configuration.what'),
    cell: ({ added, changed, removed }) => t('configuration.historyWhat', { added, changed, removed }),
    width: 18,
  },
  {
    key: 'guards',
    title: t('configuration.historyGuards'),
    cell: ({ loosenedGuards }) =>
      loosenedGuards > 0 ? <Badge kind="warning">{loosenedGuards}</Badge> : t('time.none'),
    width: 10,
  },
  {
    key: 'message',
    title: t('configuration.historyMessage'),
    cell: ({ message }) => message ?? t('time.none'),
  },
];

export function DeploymentHistory() {
  const query = useQuery(configurationQuery({ pageSize: 50 }));
  const { data } = query;
  return (
    <DataTable
      name="deployments"
      label={t('configuration.historyLabel')}
      columns={columns}
      rowKey={({ recordedAt, revision }) => `${recordedAt} ${revision}`}
      query={{ ...query, data: data && { items: data.history } }}
      empty={{ title: t('configuration.noHistory'), description: t('configuration.nothingHint') }}
    />
  );
}
