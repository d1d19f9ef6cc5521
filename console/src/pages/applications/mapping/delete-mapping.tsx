/** The question before a mapping is deleted: what goes with it, and what stays. */
import { useNavigate } from '@tanstack/react-router';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { deleteMapping } from '../../../data/mappings.ts';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/mappings.ts';

/** So many links are nothing to lose by a slip. */
const mostLinksUntyped = 100;

export function DeleteMapping({ mapping, onClose }: Readonly<{ mapping: Mapping; onClose: () => void }>) {
  const navigate = useNavigate();
  const { name, version, links, application } = mapping;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('mappings.deleteTitle', { name })}
      confirm={t('mappings.deleteConfirm')}
      permission="/Syncline/Mappings/Update"
      mustType={links > mostLinksUntyped ? name : undefined}
      onConfirm={async () => {
        await deleteMapping(name, version);
        showToast({ title: t('mappings.deleted', { name }) });
        if (application === null) void navigate({ to: '/applications' });
        else {
          const params = { applicationId: String(application.applicationId) };
          void navigate({ to: '/applications/$applicationId/overview', params });
        }
      }}
    >
      <p>{t('mappings.deleteText', { links })}</p>
    </ConfirmDialog>
  );
}
