/** The tasks of a job in their order. */
import type { Task } from '../../../../src/http/schemas/jobs.ts';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { Duration } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';

const columns: readonly Column<Task>[] = [
  {
    key: 'level',
    title: t('job.task.level'),
    width: 4.5,
    isNumeric: true,
    cell: ({ level }) => String(level),
  },
  {
    key: 'name',
    title: t('job.task.name'),
    width: 16,
    cell: ({ identifier, displayName }) => <span title={identifier}>{displayName || identifier}</span>,
  },
  { key: 'kind', title: t('job.task.kind'), width: 14, cell: ({ kind }) => t(`kind.${kind}`) },
  {
    key: 'connections',
    title: t('job.task.connections'),
    width: 12,
    cell: ({ connections }) => <span title={connections.join(', ')}>{connections.join(', ')}</span>,
  },
  {
    key: 'after',
    title: t('job.task.after'),
    width: 10,
    isHiddenAtFirst: true,
    cell: ({ dependsOn }) => dependsOn.join(', '),
  },
  {
    key: 'options',
    title: t('job.task.options'),
    width: 12,
    cell: (task) => <span title={optionWords(task)}>{optionWords(task)}</span>,
  },
  {
    key: 'usual',
    title: t('job.task.usual'),
    width: 8,
    isNumeric: true,
    cell: ({ medianSeconds }) => <Duration ms={medianSeconds && medianSeconds * 1000} />,
  },
];

function optionWords({ isFull, isForced, continuesOnError }: Task): string {
  return [
    isFull && t('job.task.full'),
    isForced && t('job.task.forced'),
    continuesOnError && t('job.task.continues'),
  ]
    .filter((word) => word !== false)
    .join(', ');
}

export function JobTasks({ tasks }: Readonly<{ tasks: readonly Task[] }>) {
  return (
    <DataTable
      name="job-tasks"
      label={t('job.tab.tasks')}
      columns={columns}
      rowKey={({ identifier }) => identifier}
      query={{ data: { items: tasks }, error: null, isFetching: false, refetch: () => {} }}
      empty={{ title: t('job.noTasks'), description: t('job.noTasksHint') }}
    />
  );
}
