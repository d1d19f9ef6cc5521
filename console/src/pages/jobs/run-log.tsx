/** What a task told: followed as it comes, searched, from a level on, with a link to every line. */
import { useQuery } from '@tanstack/react-query';
import { ArrowDownToLine, CircleX } from 'lucide-react';
import { useState } from 'react';
import type { RunTask } from '../../../../src/http/schemas/runs.ts';
import { addressOf } from '../../data/api.ts';
import { logFile, logQuery } from '../../data/run-log.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Checkbox } from '../../kit/checkbox.tsx';
import { SearchField } from '../../kit/search-field.tsx';
import { CompactSelect } from '../../kit/select.tsx';
import { EmptyState, Loaded } from '../../kit/states.tsx';
import { t } from '../../texts/jobs.ts';
import { levels } from './log-levels.ts';
import { LogLines } from './log-lines.tsx';

export type LogState = Readonly<{ line: number; level: (typeof levels)[number]; find: string }>;

type Props = Readonly<{
  jobRunId: number;
  task: RunTask;
  /** Whether more lines may come. */
  isRunning: boolean;
  /** Out of the address. */
  state: LogState;
  onChange: (
    change: Partial<LogState> & { task?: number },
    options?: Readonly<{ isReplacing?: boolean }>,
  ) => void;
}>;

export function RunLog({ jobRunId, task, isRunning, state, onChange }: Props) {
  const mayRead = useMay('/Jobs/RunJob/GetLog');
  const { level, find, line } = state;
  const selection = { level, q: find };
  const query = useQuery({ ...logQuery(jobRunId, task.taskRunId, selection), enabled: mayRead });
  // A line that somebody was sent to is not to scroll away.
  const [isFollowing, setFollowing] = useState(isRunning && line === 0);
  const [isWrapped, setWrapped] = useState(true);
  const title = t('log.title', { task: task.displayName || task.identifier });
  if (!mayRead) {
    return (
      <Card title={title}>
        <p className="text-muted">{t('log.notAllowed')}</p>
      </Card>
    );
  }
  const firstError = query.data?.lines.find((each) => each.level === 'error');
  const show = (lineNumber: number) => {
    setFollowing(false);
    onChange({ task: task.taskRunId, line: lineNumber }, { isReplacing: true });
  };
  return (
    <Card
      title={title}
      isFlush
      actions={
        <a className="btn" href={addressOf(logFile(jobRunId, task.taskRunId), selection)} download>
          <ArrowDownToLine aria-hidden size={15} />
          {t('log.download')}
        </a>
      }
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5">
        <SearchField
          value={find}
          label={t('log.search')}
          onChange={(text) => onChange({ find: text, line: 0 }, { isReplacing: true })}
        />
        <CompactSelect
          label={t('log.level')}
          className="w-48"
          value={level}
          onChange={(next) => onChange({ level: next ?? '', line: 0 })}
          options={levels.map((value) => ({ value, label: t(`log.level.${value === '' ? 'all' : value}`) }))}
        />
        <Button
          icon={CircleX}
          disabledReason={firstError ? undefined : t('log.noError')}
          onClick={() => firstError && show(firstError.lineNumber)}
        >
          {t('log.firstError')}
        </Button>
        {isRunning && <Checkbox label={t('log.follow')} value={isFollowing} onChange={setFollowing} />}
        <Checkbox label={t('log.wrap')} value={isWrapped} onChange={setWrapped} />
      </div>
      <div className="min-h-24">
        <Loaded query={query} lines={6}>
          {({ lines, isCut }) =>
            lines.length === 0 ? (
              <EmptyState
                title={find === '' && level === '' ? t('log.none') : t('log.noMatch')}
                {...(isRunning && { description: t('log.noneHint') })}
              />
            ) : (
              <>
                {isCut && (
                  <p className="border-b border-line px-4 py-2 text-muted">
                    {t('log.more', { count: lines.length })}
                  </p>
                )}
                <LogLines
                  lines={lines}
                  label={title}
                  shown={line}
                  isFollowing={isFollowing}
                  isWrapped={isWrapped}
                  onLeave={() => setFollowing(false)}
                  onShow={show}
                />
              </>
            )
          }
        </Loaded>
      </div>
    </Card>
  );
}
