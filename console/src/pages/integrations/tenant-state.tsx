/** What a tenant does now: the run that is under way, what went wrong and how to mend it, and when it runs next. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { RunWithTasks } from '../../../../src/http/schemas/runs.ts';
import type { Tenant } from '../../../../src/http/schemas/tenants.ts';
import { underWayQuery } from '../../data/tenants.ts';
import { Banner } from '../../kit/banner.tsx';
import { Card } from '../../kit/card.tsx';
import { Progress } from '../../kit/progress.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/integrations.ts';

export function TenantState({ tenant }: Readonly<{ tenant: Tenant }>) {
  const { runningJobRunId, block, lastSyncStatus, lastSyncMessage, jobIdentifier } = tenant;
  const hasFailed = lastSyncStatus === 'failed' || lastSyncStatus === 'interrupted';
  return (
    <>
      {block !== null && (
        <Banner
          kind="hold"
          title={t('integrations.blockedTitle')}
          actions={
            jobIdentifier !== null && (
              <Link to="/jobs/$identifier" params={{ identifier: jobIdentifier }} className="btn">
                {t('integrations.review')}
              </Link>
            )
          }
        >
          <ul className="list-disc ps-5">
            {block.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
          <p>{t('integrations.blockedText')}</p>
        </Banner>
      )}
      {hasFailed && (
        <Banner kind="bad" title={t('integrations.failedTitle')}>
          {lastSyncMessage}
        </Banner>
      )}
      {runningJobRunId !== null && <UnderWay jobRunId={runningJobRunId} />}
      <Card>
        <dl className="flex flex-wrap gap-x-8 gap-y-2 text-[.8667rem]">
          <Fact name={t('integrations.lastSync')}>
            <Time value={tenant.lastSyncStart} none={t('time.never')} />
          </Fact>
          <Fact name={t('integrations.nextRun')}>
            <Time value={tenant.nextRunAt} />
          </Fact>
          <Fact name={t('integrations.objects')}>
            <Count value={tenant.objects} />
          </Fact>
        </dl>
      </Card>
    </>
  );
}

function Fact({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <div>
      <dt className="text-muted">{name}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}

/** How far the run is, class by class, as it happens. */
function UnderWay({ jobRunId }: Readonly<{ jobRunId: number }>) {
  const { data } = useQuery(underWayQuery(jobRunId));
  const progress = data?.tasks.flatMap((task) => task.progress) ?? [];
  const objects = progress.reduce((sum, one) => sum + one.objects, 0);
  const links = progress.reduce((sum, one) => sum + one.links, 0);
  const isQueued = data?.state === 'queued';
  return (
    <Card>
      <div className="grid gap-3">
        <Progress
          label={t(isQueued ? 'integrations.queuedTitle' : 'integrations.runningTitle')}
          value={null}
          text={
            <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }} className="link">
              {t('integrations.openRun')}
            </Link>
          }
        />
        {isQueued && <p className="text-[.8667rem] text-muted">{t('integrations.queuedText')}</p>}
        {progress.length > 0 && (
          <ul className="grid gap-1 text-[.8667rem]">
            {progress.map((one) => (
              <li key={one.objectClass} className="flex flex-wrap gap-x-3">
                <span className="min-w-24 font-medium">{one.objectClass}</span>
                <span className="tabular-nums text-muted">{t('integrations.progress', one)}</span>
                <span className="text-muted">{stageOf(one)}</span>
              </li>
            ))}
          </ul>
        )}
        <Announcement text={objects + links > 0 ? t('integrations.announce', { objects }) : ''} />
      </div>
    </Card>
  );
}

const stages = ['reading', 'waiting', 'applying', 'applied', 'blocked', 'comparing', 'failed'] as const;

function stageOf({ stage, detail }: RunWithTasks['tasks'][number]['progress'][number]): string {
  const known = stages.find((one) => one === stage);
  const word = known === undefined ? stage : t(`integrations.stage.${known}`);
  return detail === undefined ? word : `${word}: ${detail}`;
}

const announceEveryMs = 5000;

/** Says it to screen readers, and not more often than they can bear. */
function Announcement({ text }: Readonly<{ text: string }>) {
  const [said, setSaid] = useState('');
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), announceEveryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="sr-only" role="status">
      {said}
    </p>
  );
}
