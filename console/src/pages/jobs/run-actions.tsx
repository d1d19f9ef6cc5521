/** What can be done about a run: ending it, deciding about what it holds back, and launching its job again. */
import { Play, RotateCcw, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { RunDetails } from '../../../../src/http/schemas/runs.ts';
import { cancelRun, discardRun, isOver } from '../../data/jobs.ts';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/jobs.ts';
import { ResumeDialog } from './resume-dialog.tsx';

const LaunchDialog = lazyPart(
  () => import('./launch-dialog.tsx').then(({ LaunchDialog: part }) => part),
  true,
);

type Question = 'cancel' | 'resume' | 'discard' | 'launch';

export function RunActions({ run }: Readonly<{ run: RunDetails }>) {
  const [asked, setAsked] = useState<Question>();
  const close = () => setAsked(undefined);
  const { jobRunId, state, blocks, isCancelRequested, isJobThere } = run;
  const isBlocked = blocks.length > 0;
  return (
    <>
      {!isOver(state) && (
        <Button
          look="danger"
          icon={Square}
          permission="/Jobs/JobInstance/Update"
          isDisabled={isCancelRequested}
          onClick={() => setAsked('cancel')}
        >
          {isCancelRequested ? t('run.cancelling') : t('run.cancel')}
        </Button>
      )}
      {isOver(state) && !isBlocked && isJobThere && (
        <Button icon={Play} permission="/Jobs/RunJob/Launch" onClick={() => setAsked('launch')}>
          {t('run.again')}
        </Button>
      )}
      {isBlocked && (
        <>
          <Button
            look="danger"
            icon={Trash2}
            permission="/Jobs/RunJob/Repair"
            onClick={() => setAsked('discard')}
          >
            {t('blocked.discard')}
          </Button>
          <Button
            look="primary"
            icon={RotateCcw}
            permission="/Jobs/RunJob/Repair"
            onClick={() => setAsked('resume')}
          >
            {t('blocked.resume')}
          </Button>
        </>
      )}
      <ConfirmDialog
        isOpen={asked === 'cancel'}
        onClose={close}
        title={t('run.cancelTitle', { number: jobRunId })}
        confirm={t('run.cancelConfirm')}
        onConfirm={async () => {
          await cancelRun(jobRunId);
          showToast({ kind: 'success', title: t('run.cancelled') });
        }}
      >
        <p>{t('run.cancelText')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'discard'}
        onClose={close}
        title={t('blocked.discardTitle', { number: jobRunId })}
        confirm={t('blocked.discardConfirm')}
        onConfirm={async () => {
          await discardRun(jobRunId);
          showToast({ kind: 'success', title: t('blocked.discarded') });
        }}
      >
        <p>{t('blocked.discardText')}</p>
        <ul className="list-disc ps-5">
          {blocks.map(({ connection, changes, deletions }) => (
            <li key={connection}>{t('blocked.resumeCounts', { connection, changes, deletions })}</li>
          ))}
        </ul>
      </ConfirmDialog>
      {asked === 'resume' && <ResumeDialog run={run} onClose={close} />}
      {asked === 'launch' && <LaunchDialog identifier={run.jobIdentifier} onClose={close} />}
    </>
  );
}
