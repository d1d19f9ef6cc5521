/** The window Add New Integration: first the type, then what that type needs. */
import { useNavigate } from '@tanstack/react-router';
import { PlugZap } from 'lucide-react';
import { useState } from 'react';
import type { CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { problemOf } from '../../data/problem.ts';
import { addTenant, testTenant } from '../../data/tenants.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { Select } from '../../kit/select.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/integrations.ts';
import { ProfileForm, useProfileForm } from '../credential-profiles/profile-form.tsx';
import { TestResult, useConnectionTest } from './connection-test.tsx';
import { TenantFields } from './tenant-fields.tsx';
import { emptyTenant, placeOf, type TenantValues, tenantLabels, tenantSchema } from './tenant-values.ts';

const types = ['entra-id', 'credential-profile'] as const;
export type IntegrationType = (typeof types)[number];

const options = types.map((value) => ({ value, label: t(`integrations.type.${value}`) }));

type Props = Readonly<{ type: IntegrationType; onClose: () => void }>;

export function AddIntegration({ type: first, onClose }: Props) {
  const [type, setType] = useState(first);
  const choice = (
    <Select
      label={t('integrations.type')}
      value={type}
      options={options}
      onChange={(chosen) => setType(chosen ?? first)}
    />
  );
  const Window = type === 'entra-id' ? AddTenant : AddProfile;
  return <Window choice={choice} onClose={onClose} />;
}

type WindowProps = Readonly<{ choice: React.ReactNode; onClose: () => void }>;

function AddTenant({ choice, onClose }: WindowProps) {
  const navigate = useNavigate();
  const test = useConnectionTest();
  const form = useAppForm<TenantValues>({
    schema: tenantSchema,
    loaded: { values: emptyTenant },
    labels: tenantLabels,
    isUnguarded: true,
    save: async (values) => {
      const { profileId, isEnabled } = values;
      const { name } = await addTenant({ ...placeOf(values), profileId: Number(profileId), isEnabled });
      const isTested = test.report?.isSuccessful === true && test.subject === subjectOf(values);
      const open = () =>
        void navigate({ to: '/integrations/entra-id/$name', params: { name }, search: { add: undefined } });
      showToast({
        kind: isTested || !isEnabled ? 'success' : 'info',
        title: t('integrations.addedToast', { name }),
        description: t(
          !isEnabled
            ? 'integrations.addedDisabled'
            : isTested
              ? 'integrations.addedTested'
              : 'integrations.addedNotTested',
        ),
        action: { label: t('integrations.openTenant'), onSelect: open },
      });
      onClose();
    },
  });
  const values = form.methods.watch();
  const tryOut = async () => {
    if (!(await form.methods.trigger(undefined, { shouldFocus: true }))) return;
    const typed = form.methods.getValues();
    const error = await test.run(typed.tenant, subjectOf(typed), () =>
      testTenant({ ...placeOf(typed), profileId: Number(typed.profileId) }),
    );
    if (error !== undefined) showAtField(error);
  };
  const showAtField = (error: unknown) => {
    const { body, message } = problemOf(error);
    const field = body.field?.replace(/^body\./, '');
    if (field !== undefined) form.methods.setError(field as 'tenant', { message }, { shouldFocus: true });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('integrations.add')}
      footer={
        <>
          <Button
            icon={PlugZap}
            permission="/Syncline/Integrations/Update"
            isDisabled={test.isTesting || form.isSaving}
            onClick={() => void tryOut()}
          >
            {t(test.isTesting ? 'integrations.testing' : 'integrations.test')}
          </Button>
          <span className="flex-auto" />
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            type="submit"
            form={form.id}
            look="primary"
            permission="/Syncline/Integrations/Update"
            isDisabled={form.isSaving || test.isTesting}
          >
            {t('action.add')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {choice}
        <Form form={form}>
          <TenantFields form={form} />
        </Form>
        {test.report && test.subject === subjectOf(values) && <TestResult report={test.report} />}
      </div>
    </Dialog>
  );
}

/** What a test stands for; whether the tenant is enabled is not among it. */
function subjectOf(values: TenantValues): string {
  return JSON.stringify([placeOf(values), values.profileId]);
}

function AddProfile({ choice, onClose }: WindowProps) {
  const navigate = useNavigate();
  const form = useProfileForm(({ profileId, name }: CredentialProfile) => {
    showToast({ kind: 'success', title: t('integrations.addedToast', { name }) });
    void navigate({ to: '/credential-profiles/$profileId', params: { profileId: String(profileId) } });
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('integrations.add')}
      action={t('action.add')}
      permission="/Syncline/CredentialProfiles/Update"
    >
      <div className="grid gap-4">
        {choice}
        <ProfileForm form={form} />
      </div>
    </FormDialog>
  );
}
