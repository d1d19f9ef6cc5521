/** The window that makes a credential profile in the middle of a form. */
import type { CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { t } from '../../texts/integrations.ts';
import { ProfileForm, useProfileForm } from '../credential-profiles/profile-form.tsx';

const update = '/Syncline/CredentialProfiles/Update';

export function NewProfile({
  onClose,
  onCreated,
}: Readonly<{ onClose: () => void; onCreated: (profile: CredentialProfile) => void }>) {
  const form = useProfileForm(onCreated);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('integrations.createProfileTitle')}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={form.id} look="primary" permission={update} isDisabled={form.isSaving}>
            {t('action.add')}
          </Button>
        </>
      }
    >
      <ProfileForm form={form} />
    </Dialog>
  );
}
