/** Schedules: when everything, and when what has changed, is reconciled by itself; they are saved with the settings around them. */
import { useQuery } from '@tanstack/react-query';
import { CalendarClock, Pause, Pencil, Play } from 'lucide-react';
import { useState } from 'react';
import type {
  MappingSchedule,
  MappingTiming,
  ScheduleKind,
} from '../../../../../src/http/schemas/mapping-schedules.ts';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { previewQuery } from '../../../data/jobs.ts';
import { startReconciliation } from '../../../data/reconciliation.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { lazyPart } from '../../../kit/lazy-part.tsx';
import { Badge, StatusBadge } from '../../../kit/status-badge.tsx';
import { showFailure, showToast } from '../../../kit/toasts.tsx';
import { Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { isSameTiming, type Schedules, scheduleKinds } from './settings-values.ts';

const ScheduleDialog = lazyPart(
  () => import('./schedule-dialog.tsx').then(({ ScheduleDialog: part }) => part),
  true,
);

type Props = Readonly<{
  mapping: Mapping;
  /** As they are saved. */
  schedules: Schedules;
  /** As they will be. */
  value: Readonly<Record<ScheduleKind, MappingTiming>>;
  onChange: (kind: ScheduleKind, timing: MappingTiming) => void;
}>;

export function ScheduleCards({ mapping, schedules, value, onChange }: Props) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-4" aria-label={t('schedules.title')}>
      <h2 className="sr-only">{t('schedules.title')}</h2>
      {scheduleKinds.map((kind) => (
        <ScheduleCard
          key={kind}
          mapping={mapping}
          saved={schedules[kind]}
          timing={value[kind]}
          onChange={(timing) => onChange(kind, timing)}
        />
      ))}
    </section>
  );
}

type CardProps = Readonly<{
  mapping: Mapping;
  saved: MappingSchedule;
  timing: MappingTiming;
  onChange: (timing: MappingTiming) => void;
}>;

function ScheduleCard({ mapping, saved, timing, onChange }: CardProps) {
  const [isEditing, setEditing] = useState(false);
  const { kind, jobIdentifier } = saved;
  const isSaved = isSameTiming(timing, saved);
  const isSetUp = timing.schedule !== null;
  return (
    <Card
      title={t(`schedules.${kind}`)}
      actions={
        <>
          {!isSaved && <Badge kind="warning">{t('schedules.notSaved')}</Badge>}
          {isSetUp && (
            <StatusBadge
              status={timing.isEnabled ? 'enabled' : 'disabled'}
              title={t('schedules.stateHint')}
            />
          )}
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {!isSetUp ? (
          <p className="text-muted">{t(`schedules.${kind}Hint`)}</p>
        ) : isSaved ? (
          <Times {...saved} schedule={timing.schedule} next={saved.nextRuns[0]} />
        ) : (
          <PlannedTimes timing={timing} job={jobIdentifier} />
        )}
        <Acts
          mapping={mapping}
          kind={kind}
          timing={timing}
          onEdit={() => setEditing(true)}
          onChange={onChange}
        />
      </div>
      {isEditing && (
        <ScheduleDialog
          kind={kind}
          timing={timing}
          jobIdentifier={jobIdentifier}
          onApply={onChange}
          onClose={() => setEditing(false)}
        />
      )}
    </Card>
  );
}

type TimesProps = Readonly<{
  schedule: string | null;
  timeZone: string;
  scheduleInWords: string | null;
  warnings: readonly string[];
  /** Undefined where it does not run by itself. */
  next: string | undefined;
}>;

function Times({ schedule, timeZone, scheduleInWords, warnings, next }: TimesProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <p>
        <span className="block font-medium first-letter:uppercase">{scheduleInWords ?? schedule}</span>
        <span className="block text-[.8rem] text-muted">
          <code className="font-mono">{schedule}</code> {timeZone}
        </span>
      </p>
      {next !== undefined && (
        <p className="text-[.8667rem]">
          {t('schedules.next')} <Time value={next} />
        </p>
      )}
      {warnings.map((sentence) => (
        <Banner key={sentence} kind="warn" title={sentence} />
      ))}
    </div>
  );
}

/** What is not saved yet, in the words of the preview. */
function PlannedTimes({ timing, job }: Readonly<{ timing: MappingTiming; job: string }>) {
  const { schedule, timeZone, isEnabled } = timing;
  const { data } = useQuery(previewQuery({ schedule: schedule ?? '', timeZone, job }));
  const known = data?.kind === 'schedule' ? data : undefined;
  return (
    <Times
      schedule={schedule}
      timeZone={timeZone}
      scheduleInWords={known?.sentence ?? null}
      warnings={known?.warnings.map(({ sentence }) => sentence) ?? []}
      next={isEnabled ? known?.next[0]?.at : undefined}
    />
  );
}

type ActsProps = Readonly<{
  mapping: Mapping;
  kind: ScheduleKind;
  timing: MappingTiming;
  onEdit: () => void;
  onChange: (timing: MappingTiming) => void;
}>;

function Acts({ mapping, kind, timing, onEdit, onChange }: ActsProps) {
  const { isEnabled } = timing;
  const isSetUp = timing.schedule !== null;
  const run = async () => {
    try {
      const { jobRunId } = await startReconciliation(mapping.name, { mode: kind });
      showToast({ kind: 'success', title: t('start.started', { number: jobRunId }) });
    } catch (error) {
      showFailure(t('start.failed'), error);
    }
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        look={isSetUp ? 'plain' : 'primary'}
        icon={isSetUp ? Pencil : CalendarClock}
        permission="/Jobs/Job/Update"
        onClick={onEdit}
      >
        {t(isSetUp ? 'schedules.edit' : 'schedules.setUp')}
      </Button>
      {isSetUp && (
        <Button
          icon={isEnabled ? Pause : Play}
          permission="/Jobs/Job/Update"
          onClick={() => onChange({ ...timing, isEnabled: !isEnabled })}
        >
          {t(isEnabled ? 'schedules.deactivate' : 'schedules.activate')}
        </Button>
      )}
      <Button
        permission="/Syncline/Reconciliation/Launch"
        disabledReason={mapping.isEnabled ? undefined : t('start.disabled')}
        onClick={run}
      >
        {t('schedules.runNow')}
      </Button>
    </div>
  );
}
