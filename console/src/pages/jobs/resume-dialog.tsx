/** Resuming a blocked run: repeats what it will change, and wants the number of deletions typed where they are many. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { RunDetails } from '../../../../src/http/schemas/runs.ts';
import { newLaunchKey, resumeRun } from '../../data/jobs.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { TextArea } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/jobs.ts';

/** More deletions than these are confirmed by their number. */
const fewDeletions = 100;

export function ResumeDialog({ run, onClose }: Readonly<{ run: RunDetails; onClose: () => void }>) {
  // What was in sight when the window opened is what is agreed to, whatever comes meanwhile.
  const [blocks] = useState(run.blocks);
  const [key] = useState(newLaunchKey);
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const changes = blocks.reduce((sum, block) => sum + block.changes, 0);
  const deletions = blocks.reduce((sum, block) => sum + block.deletions, 0);
  const resume = async () => {
    const seen = blocks.map(({ connection, runId }) => ({ connection, runId }));
    const given = reason.trim() === '' ? {} : { reason };
    const jobRunId = await resumeRun(run.jobRunId, { seen, ...given }, key);
    showToast({ kind: 'success', title: t('blocked.resumed', { number: jobRunId }) });
    await navigate({ to: '/jobs/runs/$jobRunId', params: { jobRunId: String(jobRunId) } });
  };
  const isMany = deletions > fewDeletions;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('blocked.resumeTitle', { number: run.jobRunId })}
      confirm={t('blocked.resumeConfirm', { changes })}
      look={deletions > 0 ? 'danger' : 'primary'}
      mustType={isMany ? String(deletions) : undefined}
      onConfirm={resume}
    >
      <p>{t('blocked.resumeText')}</p>
      <ul className="list-disc ps-5">
        {blocks.map((block) => (
          <li key={block.connection}>
            {t('blocked.resumeCounts', {
              connection: block.connection,
              changes: block.changes,
              deletions: block.deletions,
            })}
          </li>
        ))}
      </ul>
      <TextArea
        label={t('blocked.reason')}
        hint={t('launch.reasonHint')}
        value={reason}
        onChange={(text) => setReason(text.slice(0, 500))}
        rows={2}
        isOptional
      />
      {isMany && <p className="font-medium">{t('blocked.resumeType')}</p>}
    </ConfirmDialog>
  );
}
