/** How the reconciliation of a mapping stands: the last run, what is under way, and when the next one comes. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Square } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MappingSchedule } from '../../../../../src/http/schemas/mapping-schedules.ts';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { cancelRun } from '../../../data/jobs.ts';
import {
  cancelReconciliation,
  isUnderWay,
  mappingScheduleQuery,
  statusOfReconciliation,
} from '../../../data/reconciliation.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { formatCount } from '../../../kit/formats.ts';
import { useNow } from '../../../kit/now.ts';
import { Progress } from '../../../kit/progress.tsx';
import { StatusBadge } from '../../../kit/status-badge.tsx';
import { showFailure } from '../../../kit/toasts.tsx';
import { Duration, Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { isDone, modeWords, percentOf } from './words.ts';

type Props = Readonly<{ mapping: Mapping; latest: Reconciliation | undefined; isLoaded: boolean }>;

export function RunSummary({ mapping, latest, isLoaded }: Props) {
  const full = useQuery(mappingScheduleQuery(mapping.name, 'full')).data;
  const incremental = useQuery(mappingScheduleQuery(mapping.name, 'incremental')).data;
  const running = latest && isUnderWay(latest.state) ? latest : undefined;
  const preparing = running === undefined ? (full?.underWay ?? incremental?.underWay ?? null) : null;
  const fallen = running || preparing ? undefined : findFallen([full, incremental], latest);
  return (
    <Card>
      <div className="grid gap-4">
        <div className="flex flex-wrap items-start gap-x-8 gap-y-3">
          <Fact title={t('oneRun.last')}>
            {latest ? <LastRun run={latest} /> : isLoaded ? t('oneRun.never') : null}
          </Fact>
          {latest && (
            <Fact title={t('oneRun.records')}>
              <span className="tabular-nums">{recordWords(latest)}</span>
            </Fact>
          )}
          <Fact title={t('oneRun.next')}>
            <NextRun schedules={[full, incremental]} />
          </Fact>
          {latest && (
            <div className="ms-auto flex max-w-xl flex-wrap items-center gap-2">
              <StatusBadge status={statusOfReconciliation(latest.state)} />
              <span className="min-w-0 break-words text-muted">{endWords(latest)}</span>
            </div>
          )}
        </div>
        {running && <Running run={running} />}
        {fallen !== undefined && <FailedBefore jobRunId={fallen.jobRunId} />}
        {preparing && <Preparing jobRunId={preparing.jobRunId} state={preparing.state} />}
      </div>
    </Card>
  );
}

function Fact({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  return (
    <div className="grid gap-0.5">
      <div className="text-2xs text-muted">{title}</div>
      <div>{children}</div>
    </div>
  );
}

function LastRun({ run }: Readonly<{ run: Reconciliation }>) {
  const { startedAt, endedAt } = run;
  const now = useNow(endedAt === null);
  const ms = (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt);
  return (
    <>
      {modeWords(run)}
      {', '}
      <Time value={startedAt} /> {'('}
      <Duration ms={Math.max(0, ms)} />
      {')'}
    </>
  );
}

function recordWords({ progress, state, total }: Reconciliation): string {
  if (!isUnderWay(state)) return t('oneRun.recordsDone', { count: total });
  const { processed, total: all } = progress;
  return t('oneRun.recordsOf', {
    processed: formatCount(processed),
    total: all === null ? t('oneRun.unknown') : formatCount(all),
  });
}

function endWords(run: Reconciliation): string {
  const { state, stage, failed, message } = run;
  if (state === 'running') return t(`reconcileStage.${stage}`);
  if (state === 'succeeded-with-failures') return t('end.failures', { count: failed });
  if (state === 'succeeded') return t(run.isDryRun ? 'end.simulated' : 'end.succeeded');
  return message ?? t(`end.${state}`);
}

function NextRun({ schedules }: Readonly<{ schedules: readonly (MappingSchedule | undefined)[] }>) {
  const next = schedules
    .flatMap((schedule) => {
      const [at] = schedule?.nextRuns ?? [];
      return schedule === undefined || at === undefined ? [] : [{ at, kind: schedule.kind }];
    })
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))[0];
  useNow(next !== undefined);
  if (!next) return <span className="text-muted">{t('oneRun.noSchedule')}</span>;
  return (
    <>
      {t(`reconcileMode.${next.kind}`)}
      {', '}
      <Time value={next.at} isRelative />
    </>
  );
}

/** A run of a job that failed since the last reconciliation, and so before one of its own. */
function findFallen(
  schedules: readonly (MappingSchedule | undefined)[],
  latest: Reconciliation | undefined,
): Readonly<{ jobRunId: number }> | undefined {
  return schedules
    .flatMap((schedule) => schedule?.lastRun ?? [])
    .find(
      ({ state, endedAt, jobRunId }) =>
        state === 'failed' &&
        endedAt !== null &&
        jobRunId !== latest?.jobRunId &&
        (latest === undefined || Date.parse(endedAt) > Date.parse(latest.startedAt)),
    );
}

function FailedBefore({ jobRunId }: Readonly<{ jobRunId: number }>) {
  return (
    <Banner
      kind="bad"
      isAnnounced={false}
      title={t('prepare.failed', { number: jobRunId })}
      actions={
        <Link className="btn" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }}>
          {t('prepare.run', { number: jobRunId })}
        </Link>
      }
    >
      {t('prepare.failedHint')}
    </Banner>
  );
}

/** A run that is under way, with what it has come to and the way to end it. */
function Running({ run }: Readonly<{ run: Reconciliation }>) {
  const { reconciliationId, stage, progress, counts, isCancelRequested } = run;
  const percent = percentOf(run);
  const cancel = async () => {
    try {
      await cancelReconciliation(reconciliationId);
    } catch (error) {
      showFailure(t('cancel.failed'), error);
    }
  };
  return (
    <div className="grid gap-2 border-t border-line pt-4" aria-live="off">
      <div className="flex flex-wrap items-end gap-4">
        <div className="min-w-60 flex-1">
          <Progress
            label={t(`reconcileStage.${stage}`)}
            value={percent ?? null}
            text={
              progress.total === null
                ? t('progress.records', { processed: formatCount(progress.processed) })
                : t('progress.percent', {
                    percent: percent ?? 0,
                    processed: formatCount(progress.processed),
                    total: formatCount(progress.total),
                  })
            }
          />
        </div>
        <Button
          icon={Square}
          permission="/Syncline/Reconciliation/Launch"
          disabledReason={isCancelRequested ? t('cancel.asked') : undefined}
          onClick={cancel}
        >
          {t('cancel.cancel')}
        </Button>
      </div>
      <p className="text-[.8667rem] text-muted tabular-nums">
        {t(isDone(run) ? 'progress.counts' : 'progress.countsWould', {
          created: counts.target.created,
          updated: counts.target.updated,
          deleted: counts.target.deleted,
          failed: counts.failed,
        })}
      </p>
    </div>
  );
}

/** The run of the job is there, and has not come to the reconciliation yet: it waits, or brings the source up to date. */
function Preparing({ jobRunId, state }: Readonly<{ jobRunId: number; state: string }>) {
  const cancel = async () => {
    try {
      await cancelRun(jobRunId);
    } catch (error) {
      showFailure(t('cancel.failed'), error);
    }
  };
  return (
    <div className="flex flex-wrap items-end gap-4 border-t border-line pt-4">
      <div className="min-w-60 flex-1">
        <Progress
          label={t(state === 'queued' ? 'prepare.queued' : 'prepare.reading')}
          value={null}
          text={
            <Link className="link" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }}>
              {t('prepare.run', { number: jobRunId })}
            </Link>
          }
        />
      </div>
      <Button icon={Square} permission="/Jobs/JobInstance/Update" onClick={cancel}>
        {t('cancel.cancel')}
      </Button>
    </div>
  );
}
