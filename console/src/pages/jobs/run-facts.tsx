/** Who and what started a run, when, and how long it takes against what is usual. */
import { Link } from '@tanstack/react-router';
import type { RunDetails } from '../../../../src/http/schemas/runs.ts';
import { isOver } from '../../data/jobs.ts';
import { Card } from '../../kit/card.tsx';
import { formatDuration } from '../../kit/formats.ts';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { useNow } from '../../kit/now.ts';
import { Duration, Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';
import { modeWords, starterWords } from './run-words.ts';

type Item = readonly [string, React.ReactNode];

export function RunFacts({ run }: Readonly<{ run: RunDetails }>) {
  const items: readonly (Item | false)[] = [
    [
      t('run.job'),
      run.isJobThere ? (
        <Link key="job" to="/jobs/$identifier" params={{ identifier: run.jobIdentifier }} className="link">
          {run.displayName}
        </Link>
      ) : (
        run.jobIdentifier
      ),
    ],
    [t('run.startedBy'), starterWords(run)],
    run.reason !== null && [t('run.reason'), run.reason],
    [t('run.mode'), modeWords(run)],
    run.resumesJobRunId !== null && [
      t('run.resumes'),
      <Link
        key="resumes"
        to="/jobs/runs/$jobRunId"
        params={{ jobRunId: String(run.resumesJobRunId) }}
        className="link"
      >
        {t('runs.number', { number: run.resumesJobRunId })}
      </Link>,
    ],
    [t('run.queued'), <Time key="queued" value={run.queuedAt} />],
    run.startedAt !== null && [t('run.started'), <Time key="started" value={run.startedAt} />],
    run.endedAt !== null && [t('run.ended'), <Time key="ended" value={run.endedAt} />],
    [run.startedAt === null ? t('run.waiting') : t('run.elapsed'), <Elapsed key="elapsed" run={run} />],
    run.expectedSeconds !== null && [
      t('run.usual'),
      <Duration key="usual" ms={run.expectedSeconds * 1000} />,
    ],
    run.worker !== null && [t('run.worker'), run.worker],
  ];
  return (
    <Card title={t('run.facts')}>
      <KeyValueList items={items.filter((item) => item !== false)} />
    </Card>
  );
}

/** How long it has been going on, and how long it may still take. */
function Elapsed({
  run: { queuedAt, startedAt, endedAt, state, expectedSeconds },
}: Readonly<{ run: RunDetails }>) {
  const isUnderWay = !isOver(state);
  const now = useNow(isUnderWay);
  const end = endedAt === null ? now : Date.parse(endedAt);
  const elapsedMs = Math.max(0, end - Date.parse(startedAt ?? queuedAt));
  if (!isUnderWay || startedAt === null || expectedSeconds === null) return <Duration ms={elapsedMs} />;
  const leftMs = expectedSeconds * 1000 - elapsedMs;
  const usual = formatDuration(expectedSeconds * 1000);
  return (
    <span>
      <Duration ms={elapsedMs} />{' '}
      <span className="text-muted">
        {leftMs >= 1000
          ? t('run.remaining', { duration: formatDuration(leftMs) })
          : t('run.longer', { duration: usual })}
      </span>
    </span>
  );
}
