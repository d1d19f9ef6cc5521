/** The workers that are alive and what they have in hand. */
import { useQuery } from '@tanstack/react-query';
import type { Worker } from '../../../../src/http/schemas/workers.ts';
import { workersQuery } from '../../data/workers.ts';
import { CodeBlock } from '../../kit/code-block.tsx';
import type { Column } from '../../kit/data-table.tsx';
import { DataTable } from '../../kit/data-table.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';

const columns: readonly Column<Worker>[] = [
  {
    key: 'name',
    title: t('workers.column.name'),
    width: 16,
    cell: ({ worker }) => <span title={worker}>{worker}</span>,
  },
  { key: 'host', title: t('workers.column.host'), width: 12, cell: ({ host }) => host },
  {
    key: 'process',
    title: t('workers.column.process'),
    width: 6,
    isNumeric: true,
    cell: ({ processId }) => String(processId),
  },
  { key: 'version', title: t('workers.column.version'), width: 7, cell: ({ version }) => version },
  {
    key: 'runs',
    title: t('workers.column.runs'),
    width: 8,
    cell: ({ runs, slots }) => t('workers.runs', { runs, slots }),
  },
  {
    key: 'since',
    title: t('workers.column.since'),
    width: 12,
    cell: ({ startedAt }) => <Time value={startedAt} />,
  },
  {
    key: 'heartbeat',
    title: t('workers.column.heartbeat'),
    width: 12,
    cell: ({ heartbeatAt }) => <Time value={heartbeatAt} isRelative />,
  },
];

export function WorkerList() {
  const query = useQuery(workersQuery);
  return (
    <DataTable
      name="workers"
      label={t('workers.label')}
      columns={columns}
      rowKey={({ worker }) => worker}
      query={query}
      empty={{
        title: t('workers.none'),
        description: (
          <div className="grid gap-2 text-start">
            <p>{t('workers.noneHint')}</p>
            <CodeBlock
              code="npx syncline worker --settings appsettings.agent.json"
              label={t('workers.noneHint')}
            />
          </div>
        ),
      }}
    />
  );
}
