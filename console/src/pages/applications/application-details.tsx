/** Application Details: what a new application is called, whose it is, and whether identities come from it. */
import { useNavigate } from '@tanstack/react-router';
import type { ApplicationTemplate } from '../../../../src/http/schemas/applications.ts';
import { createApplication } from '../../data/applications.ts';
import { Button } from '../../kit/button.tsx';
import { Form, useAppForm } from '../../kit/form.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/applications.ts';
import { ApplicationFields } from './application-fields.tsx';
import { type ApplicationValues, applicationLabels, applicationSchema } from './application-values.ts';
import { CatalogStep } from './catalog-step.tsx';

export function ApplicationDetails({
  template,
  onBack,
}: Readonly<{ template: ApplicationTemplate; onBack: () => void }>) {
  const navigate = useNavigate();
  const form = useAppForm<ApplicationValues>({
    schema: applicationSchema,
    loaded: { values: { name: '', description: '', owners: [], isAuthoritative: false } },
    labels: applicationLabels,
    isUnguarded: true,
    save: async ({ owners, ...values }) => {
      const keys = owners.map(({ key }) => key);
      const { id, name } = await createApplication({ ...values, template: template.id, owners: keys });
      showToast({ kind: 'success', title: t('applications.createdToast', { name }) });
      await navigate({
        to: '/applications/$applicationId/provisioning/connection',
        params: { applicationId: String(id) },
      });
    },
  });
  return (
    <CatalogStep
      title={t('catalog.details')}
      back={<Button onClick={onBack}>{t('catalog.back')}</Button>}
      next={
        <Button
          type="submit"
          form={form.id}
          look="primary"
          permission="/Syncline/Applications/Update"
          isDisabled={form.isSaving}
        >
          {t('catalog.create')}
        </Button>
      }
    >
      <div className="max-w-2xl">
        <Form form={form}>
          <ApplicationFields form={form} />
        </Form>
      </div>
    </CatalogStep>
  );
}
