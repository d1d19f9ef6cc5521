/** The tasks of a run: how each is doing, its progress in objects while it runs, and choosing the one whose log is shown. */
import { Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { RunDetails, RunTask } from '../../../../src/http/schemas/runs.ts';
import { isOver, statusOf } from '../../data/jobs.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { formatCount, formatDuration } from '../../kit/formats.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { useNow } from '../../kit/now.ts';
import { Progress } from '../../kit/progress.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Duration } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';

const LaunchDialog = lazyPart(
  () => import('./launch-dialog.tsx').then(({ LaunchDialog: part }) => part),
  true,
);

type Props = Readonly<{
  run: RunDetails;
  shown: number | undefined;
  onShow: (taskRunId: number) => void;
}>;

export function RunTasks({ run, shown, onShow }: Props) {
  const [retried, setRetried] = useState<readonly string[]>();
  const mayRetry = isOver(run.state) && run.isJobThere && run.blocks.length === 0;
  return (
    <Card title={t('run.tasks')} isFlush>
      <ol className="grid gap-1 p-2">
        {run.tasks.map((task, index) => (
          <li key={task.taskRunId}>
            <button
              type="button"
              aria-pressed={task.taskRunId === shown}
              title={t('run.selectTask', { task: task.displayName || task.identifier })}
              onClick={() => onShow(task.taskRunId)}
              className="grid w-full cursor-pointer gap-1 rounded-lg px-2.5 py-2 text-start hover:bg-sunken aria-pressed:bg-accent-soft"
            >
              <span className="flex items-baseline justify-between gap-3">
                <span className="min-w-0 break-words font-medium">{task.displayName || task.identifier}</span>
                <TaskDuration task={task} />
              </span>
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[.8rem]">
                <StatusBadge status={statusOf(task.state)} />
                {task.attempt > 1 && (
                  <span className="text-muted">{t('run.attempt', { attempt: task.attempt })}</span>
                )}
                {task.state !== 'running' && task.message !== null && (
                  <span className="line-clamp-3 min-w-0 break-words text-muted">{task.message}</span>
                )}
              </span>
            </button>
            {task.state === 'running' && <TaskProgress task={task} />}
            {mayRetry && task.state === 'failed' && (
              <div className="px-2.5 pb-2">
                <Button
                  icon={Play}
                  permission="/Jobs/RunJob/Launch"
                  onClick={() => setRetried(run.tasks.slice(index).map(({ identifier }) => identifier))}
                >
                  {t('run.retry')}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ol>
      {run.tasks.length === 0 && <p className="p-4 text-muted">{t('log.noTask')}</p>}
      {retried && (
        <LaunchDialog identifier={run.jobIdentifier} tasks={retried} onClose={() => setRetried(undefined)} />
      )}
    </Card>
  );
}

function TaskDuration({ task: { startedAt, endedAt, state } }: Readonly<{ task: RunTask }>) {
  const now = useNow(state === 'running');
  if (startedAt === null) return null;
  const end = endedAt === null ? now : Date.parse(endedAt);
  return (
    <span className="shrink-0 text-[.8rem] text-muted">
      <Duration ms={Math.max(0, end - Date.parse(startedAt))} />
    </span>
  );
}

function TaskProgress({ task }: Readonly<{ task: RunTask }>) {
  const now = useNow(true);
  const name = task.displayName || task.identifier;
  const objects = task.progress.reduce((sum, one) => sum + one.objects, 0);
  const links = task.progress.reduce((sum, one) => sum + one.links, 0);
  const elapsedSeconds = task.startedAt === null ? 0 : (now - Date.parse(task.startedAt)) / 1000;
  const expected = task.expectedSeconds;
  // Past what is usual nobody knows how far it is.
  const isKnown = expected !== null && expected > 0 && elapsedSeconds < expected;
  const words = [
    t('run.objects', { count: objects }),
    links > 0 && t('run.links', { count: links }),
    task.objectsPerSecond !== null && t('run.rate', { rate: Math.round(task.objectsPerSecond) }),
  ].filter((word) => word !== false);
  return (
    <div className="grid gap-2 px-2.5 pb-2">
      <Progress
        label={words.join(', ')}
        value={isKnown ? Math.round((elapsedSeconds / expected) * 100) : null}
        {...(isKnown && {
          text: t('run.remaining', { duration: formatDuration((expected - elapsedSeconds) * 1000) }),
        })}
      />
      <ul className="grid gap-0.5 text-[.8rem]" aria-label={t('run.readByClass')}>
        {task.progress.map((one) => (
          <li key={one.objectClass} className="flex flex-wrap justify-between gap-x-3">
            <span className="min-w-0 break-words">
              {one.objectClass} <span className="text-muted">{stageWord(one.stage)}</span>
            </span>
            <span className="tabular-nums text-muted">{formatCount(one.objects)}</span>
            {one.detail !== undefined && <span className="w-full text-muted">{one.detail}</span>}
          </li>
        ))}
      </ul>
      <Announcement text={t('run.announce', { task: name, objects: t('run.objects', { count: objects }) })} />
    </div>
  );
}

const stages = ['reading', 'waiting', 'applying', 'applied', 'blocked', 'comparing', 'failed'] as const;

function stageWord(stage: string): string {
  const known = stages.find((each) => each === stage);
  return known === undefined ? stage : t(`stage.${known}`);
}

const announceMs = 5000;

/** For screen readers, now and then: every change would be a flood. */
function Announcement({ text }: Readonly<{ text: string }>) {
  const [said, setSaid] = useState('');
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), announceMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="sr-only" aria-live="polite">
      {said}
    </p>
  );
}
