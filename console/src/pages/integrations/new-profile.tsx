/** The window that makes a credential profile in the middle of a form. */
import type { CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { t } from '../../texts/integrations.ts';
import { ProfileForm, useProfileForm } from '../credential-profiles/profile-form.tsx';

const update = '/Syncline/CredentialProfiles/Update';

export function NewProfile({
  onClose,
  onCreated,
}: Readonly<{ onClose: () => void; onCreated: (profile: CredentialProfile) => void }>) {
  const form = useProfileForm(onCreated);
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('integrations.createProfileTitle')}
      action={t('action.add')}
      permission={update}
    >
      <ProfileForm form={form} />
    </FormDialog>
  );
}
