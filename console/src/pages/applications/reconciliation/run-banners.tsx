/** What has to be known of a run before its numbers are read: that it was a simulation, is held back, failed, or is not the last one. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { discardReconciliation, resumeReconciliation } from '../../../data/reconciliation.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { formatCount } from '../../../kit/formats.ts';
import { showToast } from '../../../kit/toasts.tsx';
import { Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { modeWords, type Sides } from './words.ts';

type Props = Readonly<{ run: Reconciliation; sides: Sides; isLatest: boolean; onLatest: () => void }>;

export function RunBanners({ run, sides, isLatest, onLatest }: Props) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[.8667rem] text-muted">
        <span>
          {t('oneRun.shown', { number: run.reconciliationId, mode: modeWords(run) })}{' '}
          <Time value={run.startedAt} />
          {', '}
          {t('oneRun.by', { who: run.startedBy })}
        </span>
        {run.jobRunId !== null && (
          <Link className="link" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(run.jobRunId) }}>
            {t('oneRun.job', { number: run.jobRunId })}
          </Link>
        )}
        {!isLatest && (
          <button type="button" className="link" onClick={onLatest}>
            {t('oneRun.toLatest')}
          </button>
        )}
      </div>
      {run.query !== null && (
        <p className="text-[.8667rem]">
          {t('oneRun.query')} <code className="font-mono text-[.8rem]">{run.query}</code>
        </p>
      )}
      {run.isDryRun && (
        <Banner kind="info" title={t('simulated.title')}>
          {t('simulated.text')}
        </Banner>
      )}
      {run.isDryRun && run.blockReasons.length > 0 && (
        <Banner kind="hold" title={t('simulated.wouldBlock')}>
          <Reasons run={run} />
        </Banner>
      )}
      {run.state === 'blocked' && <Blocked run={run} sides={sides} />}
      {(run.state === 'failed' || run.state === 'cancelled') && (
        <Banner kind={run.state === 'failed' ? 'bad' : 'warn'} title={t(`end.${run.state}Title`)}>
          {run.message ?? t(`end.${run.state}`)}
        </Banner>
      )}
      {run.state === 'interrupted' && (
        <Banner kind="warn" title={t('end.interrupted')}>
          {t('end.interruptedHint')}
        </Banner>
      )}
      {!run.isCurrentMapping && run.isMappingThere && (
        <p className="text-[.8667rem] text-muted">{t('oneRun.otherMapping')}</p>
      )}
      {run.counts.outsideFilter > 0 && (
        <p className="text-[.8667rem] text-muted">
          {t('oneRun.outsideFilter', { count: run.counts.outsideFilter })}
        </p>
      )}
    </>
  );
}

/** What approving does, in numbers. */
function consequencesOf(counts: Reconciliation['counts']): readonly string[] {
  const { created, updated, deleted } = counts.target;
  const numbers = [
    ['CREATE', created],
    ['UPDATE', updated],
    ['DELETE', deleted],
    // Beyond those that come and go with their objects.
    ['LINK', counts.links.created - created],
    ['UNLINK', unlinksOf(counts)],
  ] as const;
  return numbers.filter(([, count]) => count > 0).map(([action, count]) => t(`would.${action}`, { count }));
}

function unlinksOf({ target, links }: Reconciliation['counts']): number {
  return Math.max(0, links.removed - target.deleted);
}

function Reasons({ run: { blockReasons } }: Readonly<{ run: Reconciliation }>) {
  return (
    <ul className="list-disc ps-5">
      {blockReasons.map(({ sentence }) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

/** Below this many deletions a click is enough. */
const mostUntyped = 100;

function Blocked({ run, sides }: Readonly<{ run: Reconciliation; sides: Sides }>) {
  const [asking, setAsking] = useState<'approve' | 'discard'>();
  const { reconciliationId, canResume, counts } = run;
  const deletions = counts.target.deleted + unlinksOf(counts);
  const close = () => setAsking(undefined);
  return (
    <Banner
      kind="hold"
      title={t('heldBack.title')}
      actions={
        <>
          <Button permission="/Jobs/RunJob/Repair" onClick={() => setAsking('discard')}>
            {t('heldBack.discard')}
          </Button>
          {canResume && (
            <Button look="primary" permission="/Jobs/RunJob/Repair" onClick={() => setAsking('approve')}>
              {t('heldBack.approve')}
            </Button>
          )}
        </>
      }
    >
      <div className="grid gap-2">
        <p>{t(canResume ? 'heldBack.text' : 'heldBack.over')}</p>
        <Reasons run={run} />
        <p className="text-muted">{t('heldBack.look')}</p>
      </div>
      <ConfirmDialog
        isOpen={asking === 'approve'}
        onClose={close}
        title={t('heldBack.approveTitle')}
        confirm={t('heldBack.approve')}
        permission="/Jobs/RunJob/Repair"
        mustType={deletions > mostUntyped ? String(deletions) : undefined}
        onConfirm={async () => {
          const jobRunId = await resumeReconciliation(reconciliationId);
          showToast({ kind: 'success', title: t('heldBack.approved', { number: jobRunId }) });
        }}
      >
        <p>{t('heldBack.approveText', sides)}</p>
        <ul className="list-disc ps-5">
          {consequencesOf(run.counts).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {deletions > mostUntyped && <p>{t('heldBack.type', { count: formatCount(deletions) })}</p>}
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asking === 'discard'}
        onClose={close}
        title={t('heldBack.discardTitle')}
        confirm={t('heldBack.discard')}
        look="primary"
        permission="/Jobs/RunJob/Repair"
        onConfirm={async () => {
          await discardReconciliation(reconciliationId);
          showToast({ kind: 'success', title: t('heldBack.discarded') });
        }}
      >
        <p>{t('heldBack.discardText')}</p>
      </ConfirmDialog>
    </Banner>
  );
}
