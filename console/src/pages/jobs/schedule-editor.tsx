/** When a job runs: shown beside what is defined, changed, and given back. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import type { JobWithTasks } from '../../../../src/http/schemas/jobs.ts';
import { returnTiming, timingKindOf } from '../../data/jobs.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Rich } from '../../kit/rich.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';
import { CronForm } from './cron-form.tsx';
import { PaceForm } from './pace-form.tsx';
import { pauseWords } from './schedule-words.tsx';

export function ScheduleEditor({ job }: Readonly<{ job: JobWithTasks }>) {
  if (job.origin === 'console' && job.pace !== null) return <OfTenant job={job} />;
  return (
    <div className="grid gap-4">
      {job.definedTiming && <Overridden job={job} />}
      <Card title={t('editor.title')}>
        <div className="grid gap-4">
          <p className="max-w-3xl text-muted">{t('editor.staysHint')}</p>
          {timingKindOf(job) === 'follow' ? <PaceForm job={job} /> : <CronForm job={job} />}
        </div>
      </Card>
    </div>
  );
}

/** Its times are the tenant's. */
function OfTenant({ job: { connections } }: Readonly<{ job: JobWithTasks }>) {
  const [name = ''] = connections;
  const tenant = (inner: string) => (
    <Link to="/integrations/entra-id/$name" params={{ name }} className="link">
      {inner}
    </Link>
  );
  return (
    <Banner kind="info" title={t('editor.ofTenant')}>
      <Rich text={t('editor.ofTenantHint')} parts={{ tenant }} />
    </Banner>
  );
}

function Overridden({ job }: Readonly<{ job: JobWithTasks }>) {
  const queryClient = useQueryClient();
  const { origin, definedTiming, timingChangedBy, timingChangedAt, identifier, version } = job;
  const words =
    definedTiming?.pace != null
      ? pauseWords(definedTiming.pace)
      : (definedTiming?.scheduleInWords ?? t('schedule.byHand'));
  const giveBack = async () => {
    try {
      await returnTiming(identifier, version);
      showToast({ kind: 'success', title: t('editor.returned') });
    } catch (error) {
      showFailure(t('editor.returnFailed'), error);
      await queryClient.invalidateQueries({ queryKey: ['jobs', 'one', identifier] });
    }
  };
  return (
    <Banner
      kind="info"
      title={
        <>
          {t('editor.overridden', { who: timingChangedBy ?? t('form.conflictSomebody') })}
          {', '}
          <Time value={timingChangedAt} />
        </>
      }
      actions={
        <Button icon={Undo2} permission="/Jobs/Job/Update" onClick={giveBack}>
          {t('editor.return', { origin })}
        </Button>
      }
    >
      {t('editor.overriddenText', { origin, words })}
    </Banner>
  );
}
