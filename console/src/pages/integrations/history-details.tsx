/** What stands behind a row of the history: how it was read, its run, its links, and what went wrong on the way. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SyncHistoryDetails } from '../../../../src/http/schemas/sync-history.ts';
import { historyDetailsQuery } from '../../data/sync-history.ts';
import { Banner } from '../../kit/banner.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Count, Duration, Time } from '../../kit/values.tsx';
import { t } from '../../texts/sync-history.ts';
import { classWords, modeWords } from './history-words.ts';
import { SyncStatus } from './sync-status.tsx';

type Props = Readonly<{ name: string; runId: number; type: string; onClose: () => void }>;

export function HistoryDetails({ name, runId, type, onClose }: Props) {
  const query = useQuery(historyDetailsQuery(name, runId, type));
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={t('history.details', { type: classWords(type), runId })}
      subtitle={name}
    >
      <Loaded query={query} lines={10}>
        {(details) => (
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
            <Outcome details={details} />
            <Numbers details={details} />
            <RunFacts details={details} />
            {details.links.length > 0 && <Links details={details} />}
            <Trouble details={details} />
          </div>
        )}
      </Loaded>
    </SidePanel>
  );
}

type DetailsProps = Readonly<{ details: SyncHistoryDetails }>;

function Outcome({ details: { row, run } }: DetailsProps) {
  return (
    <div className="grid gap-3">
      <div>
        <SyncStatus status={row.status} />
      </div>
      {row.message !== null && <p>{row.message}</p>}
      {run.isBlocking && run.job && (
        <Banner
          kind="hold"
          title={t('history.blocked')}
          actions={
            <Link className="btn" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(run.job.jobRunId) }}>
              {t('history.review')}
            </Link>
          }
        />
      )}
    </div>
  );
}

function Numbers({ details: { row } }: DetailsProps) {
  const { startedAt, endedAt } = row;
  const ms = endedAt === null ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
  const items: [string, ReactNode][] = [
    [t('history.mode'), modeWords(row)],
    [t('history.startTime'), <Time key="started" value={startedAt} />],
    [t('history.endTime'), <Time key="ended" value={endedAt} />],
    [t('history.duration'), <Duration key="duration" ms={ms} />],
    ...(row.read === null
      ? []
      : [[t('history.read'), <Count key="read" value={row.read} />] as [string, ReactNode]]),
    [t('history.total'), <Count key="total" value={row.total} />],
    [t('history.inserted'), <Count key="inserted" value={row.inserted} />],
    [t('history.updated'), <Count key="updated" value={row.updated} />],
    [t('history.deleted'), <Count key="deleted" value={row.deleted} />],
    [t('history.filtered'), <Count key="filtered" value={row.filtered} />],
  ];
  return (
    <Section title={t('history.result')}>
      <KeyValueList items={items} />
    </Section>
  );
}

function RunFacts({ details: { run } }: DetailsProps) {
  const { job } = run;
  const items: [string, ReactNode][] = [
    [
      t('history.run'),
      job === null ? (
        t('history.runByCommand')
      ) : (
        <Link
          key="run"
          className="link"
          to="/jobs/runs/$jobRunId"
          params={{ jobRunId: String(job.jobRunId) }}
        >
          {t('history.runOf', { jobRunId: job.jobRunId, job: job.identifier })}
        </Link>
      ),
    ],
    ...(job === null ? [] : [[t('history.startedBy'), job.startedBy] as [string, ReactNode]]),
    [t('history.runStatus'), <SyncStatus key="status" status={run.status} message={run.message} />],
  ];
  return (
    <Section title={t('history.run')}>
      <KeyValueList items={items} />
    </Section>
  );
}

function Links({ details: { row, links } }: DetailsProps) {
  return (
    <Section title={t('history.links')}>
      <table className="grid-table" aria-label={t('history.linksLabel', { type: classWords(row.type) })}>
        <thead>
          <tr>
            <th scope="col">{t('history.linkName')}</th>
            <th scope="col" className="n">
              {t('history.linkTotal')}
            </th>
            <th scope="col" className="n">
              {t('history.linkAdded')}
            </th>
            <th scope="col" className="n">
              {t('history.linkRemoved')}
            </th>
          </tr>
        </thead>
        <tbody>
          {links.map(({ type, total, inserted, deleted }) => (
            <tr key={type}>
              <td>{type.split('.')[1]}</td>
              <td className="n">
                <Count value={total} />
              </td>
              <td className="n">
                <Count value={inserted} />
              </td>
              <td className="n">
                <Count value={deleted} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Trouble({ details: { trouble, run } }: DetailsProps) {
  if (run.job === null) return null;
  return (
    <Section title={t('history.trouble')}>
      {trouble === null ? (
        <p className="text-muted">{t('history.troubleHidden')}</p>
      ) : trouble.length === 0 ? (
        <p className="text-muted">{t('history.troubleNone')}</p>
      ) : (
        <ul className="grid gap-2">
          {trouble.map(({ level, message, loggedAt }) => (
            <li key={`${loggedAt} ${message}`} className={level === 'error' ? 'text-bad' : undefined}>
              <span className="block text-2xs text-muted">
                <Time value={loggedAt} />
              </span>
              <span className="break-words">{message}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2">
        <Link className="link" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(run.job.jobRunId) }}>
          {t('history.wholeLog')}
        </Link>
      </p>
    </Section>
  );
}

function Section({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}
