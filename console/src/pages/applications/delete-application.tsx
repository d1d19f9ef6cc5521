/** The window that deletes an application: what goes with it, what stays, and the name typed. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Application, ApplicationRemoval } from '../../../../src/http/schemas/applications.ts';
import { deleteApplication, removalQuery } from '../../data/applications.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Loaded } from '../../kit/states.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/applications.ts';

export function DeleteApplication({
  application: { id, name, version },
  onClose,
}: Readonly<{ application: Application; onClose: () => void }>) {
  const navigate = useNavigate();
  const removal = useQuery(removalQuery(id));
  const remove = async () => {
    await deleteApplication(id, name, version);
    showToast({ title: t('delete.doneToast', { name }) });
    await navigate({ to: '/applications' });
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('delete.title', { name })}
      confirm={t('delete.confirm')}
      mustType={name}
      permission="/Syncline/Applications/Update"
      onConfirm={remove}
    >
      <Loaded query={removal} lines={3}>
        {(found) => <Consequences {...found} />}
      </Loaded>
    </ConfirmDialog>
  );
}

function Consequences({ mappings, identities, connection, runningJobRunIds }: ApplicationRemoval) {
  const links = mappings.reduce((sum, mapping) => sum + mapping.links, 0);
  const jobs = mappings.flatMap((mapping) => mapping.jobs);
  const runs = mappings.reduce((sum, { reconciliations }) => sum + reconciliations, 0);
  return (
    <div className="grid gap-3">
      <div>
        <p className="font-medium">{t('delete.goes')}</p>
        <ul className="list-disc ps-5">
          <li>
            {t('delete.mappings', {
              count: mappings.length,
              names: mappings.map((one) => one.name).join(', '),
            })}
          </li>
          <li>{t('delete.links', { count: links })}</li>
          <li>{t('delete.jobs', { count: jobs.length })}</li>
          {runningJobRunIds.length > 0 && (
            <li>{t('delete.running', { runs: runningJobRunIds.join(', ') })}</li>
          )}
        </ul>
      </div>
      <div>
        <p className="font-medium">{t('delete.stays')}</p>
        <ul className="list-disc ps-5">
          <li>{t('delete.identities', { count: identities })}</li>
          {connection !== null && <li>{t('delete.tenant', { name: connection })}</li>}
          <li>{t('delete.results', { count: runs })}</li>
        </ul>
      </div>
    </div>
  );
}
