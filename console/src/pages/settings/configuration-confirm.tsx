/** The question before deploying: what it does, with counts, and a message for the history. */
import { useState } from 'react';
import type {
  ConfigurationFileUpload,
  ConfigurationPlan,
  DeployedAnswer,
} from '../../../../src/http/schemas/configuration.ts';
import { deployFiles } from '../../data/configuration.ts';
import { problemOf } from '../../data/problem.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/configuration.ts';

type Props = Readonly<{
  isOpen: boolean;
  onClose: () => void;
  files: readonly ConfigurationFileUpload[];
  plan: ConfigurationPlan;
  onDone: (deployed: DeployedAnswer) => void;
  /** Somebody else deployed since the plan was made. */
  onOutdated: (who: string) => Promise<void>;
}>;

/** From so many on, removing is asked about twice. */
const manyElements = 100;

export function ConfirmDeployment({ isOpen, onClose, files, plan, onDone, onOutdated }: Props) {
  const [message, setMessage] = useState('');
  const count = (operation: ConfigurationPlan['changes'][number]['operation']) =>
    plan.changes.filter((change) => change.operation === operation).length;
  const removed = count('removed');
  const losesLinks = plan.lostLinks.length > 0;
  const deploy = async () => {
    try {
      const deployed = await deployFiles(files, plan.revision, { message, isForced: losesLinks });
      showToast({ title: t('configuration.deployed', { revision: deployed.revision }) });
      setMessage('');
      onDone(deployed);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status !== 412) throw error;
      await onOutdated(problem.body.changedBy ?? t('form.conflictSomebody'));
    }
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('configuration.deployTitle')}
      confirm={t('configuration.deployConfirm')}
      look={removed > 0 || losesLinks || plan.loosenedGuards.length > 0 ? 'danger' : 'primary'}
      mustType={losesLinks || removed >= manyElements ? t('configuration.deployWord') : undefined}
      permission="/Syncline/Configuration/Deploy"
      onConfirm={deploy}
    >
      <p>{t('configuration.deployText', { added: count('added'), changed: count('changed'), removed })}</p>
      {plan.loosenedGuards.length > 0 && (
        <p>{t('configuration.deployGuards', { count: plan.loosenedGuards.length })}</p>
      )}
      {losesLinks && <p>{t('configuration.deployLinks', { count: plan.lostLinks.length })}</p>}
      {plan.rereads.length > 0 && <p>{t('configuration.deployRereads', { count: plan.rereads.length })}</p>}
      <TextField
        label={t('configuration.deployMessage')}
        hint={t('configuration.deployMessageHint')}
        value={message}
        onChange={setMessage}
        isOptional
      />
    </ConfirmDialog>
  );
}
