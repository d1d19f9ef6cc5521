/** The tab Tenant Configuration: what can be changed of a tenant, and what cannot. */
import { PlugZap } from 'lucide-react';
import * as z from 'zod/mini';
import type { Tenant } from '../../../../src/http/schemas/tenants.ts';
import { queryClient } from '../../data/query-client.ts';
import { saveTenant, setFullScan, tenantQuery, testNamedTenant } from '../../data/tenants.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Checkbox } from '../../kit/checkbox.tsx';
import { type AppForm, Field, Form, FormActions, type Loaded, useAppForm } from '../../kit/form.tsx';
import { formatTime } from '../../kit/formats.ts';
import { Switch } from '../../kit/switch.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/integrations.ts';
import { cloudName } from './cloud-name.ts';
import { TestResult, useConnectionTest } from './connection-test.tsx';
import { ProfileChoice, useProfileOptions } from './profile-choice.tsx';
import { describeCancelled } from './tenant-acts.ts';

type Values = {
  readonly profileId: string;
  readonly isEnabled: boolean;
  readonly isFullScanWanted: boolean;
  readonly floorSeconds: string;
  readonly ceilingSeconds: string;
};

const update = '/Syncline/Integrations/Update';

function isPause(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 86_400;
}

const pause = z.string().check(z.refine(isPause, t('integrations.pauseWrong')));
const schema = z
  .object({
    profileId: z.string().check(z.minLength(1, t('integrations.profileMissing'))),
    isEnabled: z.boolean(),
    isFullScanWanted: z.boolean(),
    floorSeconds: pause,
    ceilingSeconds: pause,
  })
  .check(({ value, issues }) => {
    if (Number(value.floorSeconds) <= Number(value.ceilingSeconds)) return;
    issues.push({
      code: 'custom',
      message: t('integrations.pauseOrder'),
      path: ['floorSeconds'],
      input: value,
    });
  });
/** Of a connection of the settings file, only the full scan is decided here. */
const fullScanSchema = z.object({
  profileId: z.string(),
  isEnabled: z.boolean(),
  isFullScanWanted: z.boolean(),
  floorSeconds: z.string(),
  ceilingSeconds: z.string(),
});

const labels = {
  profileId: t('integrations.credentialProfile'),
  isEnabled: t('integrations.enabled'),
  isFullScanWanted: t('integrations.fullScan'),
  floorSeconds: t('integrations.floor'),
  ceilingSeconds: t('integrations.ceiling'),
};

function loadedOf(tenant: Tenant): Loaded<Values> {
  const { profile, isEnabled, fullScan, floorSeconds, ceilingSeconds, version, origin } = tenant;
  const values = {
    profileId: String(profile?.profileId ?? ''),
    isEnabled,
    isFullScanWanted: fullScan.isNext,
    floorSeconds: String(floorSeconds),
    ceilingSeconds: String(ceilingSeconds),
  };
  return origin === 'console' ? { values, version } : { values };
}

export function TenantConfiguration({ tenant }: Readonly<{ tenant: Tenant }>) {
  const { name } = tenant;
  const isOwn = tenant.origin === 'console';
  const profiles = useProfileOptions();
  const test = useConnectionTest();
  const form = useAppForm<Values>({
    schema: isOwn ? schema : fullScanSchema,
    loaded: loadedOf(tenant),
    labels,
    save: async (values, version) => {
      const { profileId, isEnabled, isFullScanWanted, floorSeconds, ceilingSeconds } = values;
      const wanted = isFullScanWanted === tenant.fullScan.isNext ? {} : { isFullScanWanted };
      if (!isOwn) {
        await setFullScan(name, isFullScanWanted);
        showToast({ title: t('integrations.savedToast') });
        return;
      }
      const { cancelledJobRunId } = await saveTenant(
        name,
        {
          profileId: Number(profileId),
          isEnabled,
          floorSeconds: Number(floorSeconds),
          ceilingSeconds: Number(ceilingSeconds),
          ...wanted,
        },
        version,
      );
      showToast({ title: t('integrations.savedToast'), description: describeCancelled(cancelledJobRunId) });
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...tenantQuery(name), staleTime: 0 })),
    show: (field, value) =>
      field === 'profileId' ? profiles.find((profile) => profile.value === value)?.label : undefined,
  });
  const profileId = form.methods.watch('profileId');
  const isNewProfile = isOwn && profileId !== String(tenant.profile?.profileId ?? '');
  const tryOut = () =>
    void test.run(tenant.tenant, profileId, () =>
      testNamedTenant(name, isNewProfile ? Number(profileId) : undefined),
    );
  return (
    <div className="grid max-w-3xl gap-4">
      {tenant.readOnlyReason !== null && (
        <Banner kind="info" title={t('integrations.fromSettings')}>
          {t('integrations.fromSettingsHint')}
        </Banner>
      )}
      <Card>
        <Form form={form}>
          <FixedFields tenant={tenant} />
          {isOwn && (
            <Field of={form} name="profileId">
              {(field) => <ProfileChoice {...field} />}
            </Field>
          )}
          {isNewProfile && test.subject !== profileId && (
            <Banner kind="warn" title={t('integrations.testedWithout')} />
          )}
          {isOwn && (
            <Field of={form} name="isEnabled">
              {(field) => <Switch {...field} hint={t('integrations.enabledHint')} />}
            </Field>
          )}
          <FullScanField form={form} tenant={tenant} />
          {isOwn && <Interval form={form} />}
          <FormActions form={form} permission={update}>
            <Button icon={PlugZap} permission={update} isDisabled={test.isTesting} onClick={tryOut}>
              {t(test.isTesting ? 'integrations.testing' : 'integrations.test')}
            </Button>
          </FormActions>
        </Form>
      </Card>
      {test.report && test.subject === profileId && (
        <Card>
          <TestResult report={test.report} />
        </Card>
      )}
      {tenant.changedBy !== null && tenant.changedAt !== null && (
        <p className="text-[.8667rem] text-muted">
          {t('integrations.changed', {
            by: tenant.changedBy,
            at: formatTime(new Date(tenant.changedAt), false),
          })}
        </p>
      )}
    </div>
  );
}

/** What a tenant is, which never changes. */
function FixedFields({ tenant }: Readonly<{ tenant: Tenant }>) {
  const { entraTenantId, endpoints, cloud } = tenant;
  const fixed = (label: string, value: string, hint?: string) => (
    <TextField
      label={label}
      value={value}
      onChange={() => {}}
      isReadOnly
      {...(hint !== undefined && { hint })}
    />
  );
  return (
    <>
      {fixed(t('integrations.tenant'), tenant.tenant, t('integrations.fixed'))}
      {entraTenantId !== null &&
        entraTenantId !== tenant.tenant &&
        fixed(t('integrations.tenantId'), entraTenantId)}
      {fixed(t('integrations.cloud'), cloudName(cloud), t('integrations.fixed'))}
      {endpoints !== null && fixed(t('integrations.authority'), endpoints.authority)}
      {endpoints !== null && fixed(t('integrations.graph'), endpoints.graph)}
    </>
  );
}

/** It is on by itself where everything has to be read, and off again after the run. */
function FullScanField({ form, tenant }: Readonly<{ form: AppForm<Values>; tenant: Tenant }>) {
  const { isNew, requestedBy, requestedAt, reason } = tenant.fullScan;
  const isForced = isNew || (reason !== null && requestedBy === null);
  return (
    <Field of={form} name="isFullScanWanted">
      {(field) => (
        <Checkbox
          {...field}
          isDisabled={isForced}
          hint={
            isNew
              ? t('integrations.fullScanFirst')
              : requestedBy !== null && requestedAt !== null
                ? t('integrations.fullScanAsked', {
                    by: requestedBy,
                    at: formatTime(new Date(requestedAt), false),
                  })
                : reason !== null
                  ? t('integrations.fullScanReason', { reason })
                  : t('integrations.fullScanHint')
          }
        />
      )}
    </Field>
  );
}

function Interval({ form }: Readonly<{ form: AppForm<Values> }>) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-[.8667rem] font-medium">{t('integrations.interval')}</legend>
      <p className="text-[.8rem] text-muted">{t('integrations.intervalHint')}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field of={form} name="floorSeconds">
          {(field) => <TextField {...field} inputMode="numeric" />}
        </Field>
        <Field of={form} name="ceilingSeconds">
          {(field) => <TextField {...field} inputMode="numeric" />}
        </Field>
      </div>
    </fieldset>
  );
}
