/** What a run has changed, by class. */
import type { RunTask } from '../../../../src/http/schemas/runs.ts';
import { Card } from '../../kit/card.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Count } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';

const columns = ['total', 'inserted', 'updated', 'deleted', 'filtered'] as const;

export function RunCounts({ tasks }: Readonly<{ tasks: readonly RunTask[] }>) {
  const counts = tasks.flatMap(({ taskRunId, counts: own }) => own.map((count) => ({ ...count, taskRunId })));
  if (counts.length === 0) return null;
  return (
    <Card title={t('run.counts')} isFlush>
      <ScrollRegion label={t('run.counts')}>
        <table className="grid-table min-w-[40rem]">
          <thead>
            <tr>
              <th scope="col" className="w-2/5">
                {t('run.counts.class')}
              </th>
              {columns.map((column) => (
                <th key={column} scope="col" className="n">
                  {t(`run.counts.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((count, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a class comes once for each connection of a task, in a fixed order.
              <tr key={`${count.taskRunId} ${count.objectClass} ${index}`}>
                <td title={count.objectClass}>
                  {count.objectClass}{' '}
                  {count.isFull && count.reason !== null && (
                    <span className="text-muted">{t('run.counts.full', { reason: count.reason })}</span>
                  )}
                </td>
                {columns.map((column) => (
                  <td key={column} className="n">
                    <Count value={count[column]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Card>
  );
}
