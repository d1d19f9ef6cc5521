/** Launching a job: what it reads, which of its tasks, and why; with what will run and how long that usually takes. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JobWithTasks, Launch } from '../../../../src/http/schemas/jobs.ts';
import { jobQuery, launchJob, newLaunchKey } from '../../data/jobs.ts';
import { type Problem, problemOf } from '../../data/problem.ts';
import { useMay } from '../../data/session.ts';
import { liveWorkersQuery } from '../../data/workers.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Checkbox } from '../../kit/checkbox.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { formatDuration } from '../../kit/formats.ts';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { Rich } from '../../kit/rich.tsx';
import { Loaded } from '../../kit/states.tsx';
import { TextArea } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/jobs.ts';

type Props = Readonly<{
  identifier: string;
  /** Chosen at first; all where it is left out. */
  tasks?: readonly string[] | undefined;
  onClose: () => void;
}>;

export function LaunchDialog({ identifier, tasks, onClose }: Props) {
  const query = useQuery(jobQuery(identifier));
  if (query.data) return <LaunchForm job={query.data} tasks={tasks} onClose={onClose} />;
  return (
    <Dialog isOpen onClose={onClose} title={t('launch.title', { name: identifier })}>
      <Loaded query={query}>{() => null}</Loaded>
    </Dialog>
  );
}

function LaunchForm({
  job,
  tasks: chosenFirst,
  onClose,
}: Readonly<{ job: JobWithTasks; tasks: readonly string[] | undefined; onClose: () => void }>) {
  const all = job.tasks.map(({ identifier }) => identifier);
  const [isFull, setFull] = useState(false);
  const [isForced, setForced] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>(chosenFirst ?? all);
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  // One name for the launch, so that another try after a lost answer makes no second run.
  const [key] = useState(newLaunchKey);
  const navigate = useNavigate();
  const isAll = chosen.length === all.length;
  const launch = async () => {
    setBusy(true);
    setProblem(undefined);
    const options: Launch = {
      ...(isFull && { isFull }),
      ...(isForced && { force: true }),
      ...(!isAll && { tasks: [...chosen] }),
      ...(reason.trim() !== '' && { reason }),
    };
    try {
      const jobRunId = await launchJob(job.identifier, options, key);
      onClose();
      showToast({ kind: 'success', title: t('launch.launched', { number: jobRunId }) });
      await navigate({ to: '/jobs/runs/$jobRunId', params: { jobRunId: String(jobRunId) } });
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('launch.title', { name: job.displayName })}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            look="primary"
            permission="/Jobs/RunJob/Launch"
            isDisabled={isBusy}
            disabledReason={reasonAgainst(job, chosen)}
            onClick={launch}
          >
            {t('jobs.launch')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {problem && (
          <Banner kind="bad" title={t('launch.refused')}>
            {problem.message}
          </Banner>
        )}
        <Obstacles job={job} />
        <RadioGroup
          label={t('launch.mode')}
          value={isFull ? 'full' : 'incremental'}
          onChange={(mode) => setFull(mode === 'full')}
          options={[
            { value: 'incremental', label: t('launch.incremental'), hint: t('launch.incrementalHint') },
            { value: 'full', label: t('launch.full'), hint: t('launch.fullHint') },
          ]}
        />
        <TaskChoice job={job} chosen={chosen} onChange={setChosen} />
        <ForcedChoice value={isForced} onChange={setForced} />
        <TextArea
          label={t('launch.reason')}
          hint={t('launch.reasonHint')}
          value={reason}
          onChange={(text) => setReason(text.slice(0, 500))}
          rows={2}
          isOptional
        />
        <p className="text-muted" role="status">
          {t('launch.willRun', { count: chosen.length })} {usualWords(job, chosen, isFull)}
        </p>
      </div>
    </Dialog>
  );
}

function reasonAgainst(job: JobWithTasks, chosen: readonly string[]): string | undefined {
  if (job.isUserStartDenied) return t('launch.denied');
  if (job.underWay) return t('job.underWay', { number: job.underWay.jobRunId });
  return chosen.length === 0 ? t('launch.noTask') : undefined;
}

/** Why it would not run now. */
function Obstacles({ job: { isUserStartDenied, underWay } }: Readonly<{ job: JobWithTasks }>) {
  const maySeeWorkers = useMay('/Syncline/Workers');
  const { data: liveWorkers } = useQuery({ ...liveWorkersQuery, enabled: maySeeWorkers });
  if (isUserStartDenied) return <Banner kind="info" title={t('launch.denied')} />;
  if (underWay) {
    const link = (inner: string) => (
      <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(underWay.jobRunId) }} className="link">
        {inner}
      </Link>
    );
    const text = t('launch.underWay', { number: underWay.jobRunId });
    return <Banner kind="info" title={<Rich text={text} parts={{ run: link }} />} />;
  }
  return liveWorkers === 0 ? <Banner kind="warn" title={t('launch.noWorker')} /> : null;
}

function TaskChoice({
  job,
  chosen,
  onChange,
}: Readonly<{
  job: JobWithTasks;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}>) {
  if (job.tasks.length < 2) return null;
  const all = job.tasks.map(({ identifier }) => identifier);
  const toggle = (identifier: string, isChosen: boolean) =>
    onChange(all.filter((each) => (each === identifier ? isChosen : chosen.includes(each))));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-[.8667rem] font-medium">{t('launch.tasks')}</legend>
      <Checkbox
        label={t('launch.allTasks')}
        value={chosen.length === all.length}
        onChange={(isAll) => onChange(isAll ? all : [])}
      />
      <div className="grid gap-2 ps-6">
        {job.tasks.map(({ identifier, displayName }) => (
          <Checkbox
            key={identifier}
            label={displayName || identifier}
            value={chosen.includes(identifier)}
            onChange={(isChosen) => toggle(identifier, isChosen)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function ForcedChoice({ value, onChange }: Readonly<{ value: boolean; onChange: (value: boolean) => void }>) {
  const mayForce = useMay('/Jobs/RunJob/Repair');
  return (
    <Checkbox
      label={t('launch.forced')}
      hint={mayForce ? t('launch.forcedHint') : t('launch.forcedNotAllowed')}
      value={value}
      onChange={onChange}
      isDisabled={!mayForce}
    />
  );
}

function usualWords(job: JobWithTasks, chosen: readonly string[], isFull: boolean): string {
  const isAll = chosen.length === job.tasks.length;
  const seconds = isFull
    ? isAll
      ? job.medianFullSeconds
      : null
    : isAll
      ? job.medianSeconds
      : sumOf(job, chosen);
  return seconds === null
    ? t('launch.unknown')
    : t('launch.usually', { duration: formatDuration(seconds * 1000) });
}

/** Of some tasks: theirs together, where all of them are known. */
function sumOf(job: JobWithTasks, chosen: readonly string[]): number | null {
  const known = job.tasks.filter(({ identifier }) => chosen.includes(identifier));
  if (known.length === 0 || known.some(({ medianSeconds }) => medianSeconds === null)) return null;
  return known.reduce((sum, { medianSeconds }) => sum + (medianSeconds ?? 0), 0);
}
