/** A credential profile: what it is called, the credentials that are tried, and who uses it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { PlugZap, Trash2 } from 'lucide-react';
import { useState } from 'react';
import * as z from 'zod/mini';
import type { CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { deleteProfile, profileQuery, saveProfile } from '../../data/credential-profiles.ts';
import { queryClient } from '../../data/query-client.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Field, Form, FormActions, type Loaded as LoadedValues, useAppForm } from '../../kit/form.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Page } from '../../kit/page.tsx';
import { Rich } from '../../kit/rich.tsx';
import { Loaded } from '../../kit/states.tsx';
import { TextArea, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/credential-profiles.ts';
import { atField } from './credential-values.ts';
import { CredentialsCard } from './credentials-card.tsx';
import { mistakesOfClientId } from './profile-form.tsx';
import { TestDialog } from './test-dialog.tsx';

const update = '/Syncline/CredentialProfiles/Update';
const crumbs = [{ label: t('nav.profiles'), to: '/credential-profiles' }] as const;

export function ProfilePage() {
  const { profileId } = useParams({ from: '/signed-in/credential-profiles/$profileId' });
  const query = useQuery(profileQuery(Number(profileId)));
  if (query.data) return <Profile profile={query.data} />;
  return (
    <Page title={t('credentialProfiles.profile.title')} crumbs={crumbs}>
      <Loaded query={query} lines={6}>
        {() => null}
      </Loaded>
    </Page>
  );
}

function Profile({ profile }: Readonly<{ profile: CredentialProfile }>) {
  const { name, type, tenants, credentials } = profile;
  const navigate = useNavigate();
  const [isTested, setTested] = useState(false);
  const [isDeleted, setDeleted] = useState(false);
  const remove = async () => {
    await deleteProfile(profile);
    showToast({ kind: 'success', title: t('credentialProfiles.deletedToast', { name }) });
    await navigate({ to: '/credential-profiles' });
  };
  const isUsed = tenants.length > 0;
  return (
    <Page
      title={name}
      crumbs={crumbs}
      status={<span className="text-muted">{t(`credentialProfiles.type.${type}`)}</span>}
      actions={
        <>
          <Button
            icon={PlugZap}
            permission={update}
            disabledReason={credentials.length === 0 ? t('credentialProfiles.none') : undefined}
            onClick={() => setTested(true)}
          >
            {t('credentialProfiles.testConnection')}
          </Button>
          <Button
            icon={Trash2}
            look="danger"
            permission={update}
            disabledReason={
              isUsed ? t('credentialProfiles.deleteUsed', { count: tenants.length }) : undefined
            }
            onClick={() => setDeleted(true)}
          >
            {t('action.delete')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="grid min-w-0 content-start gap-4">
          <CredentialsCard profile={profile} />
          <Details profile={profile} />
        </div>
        <div className="grid min-w-0 content-start gap-4">
          <UsedBy tenants={tenants} />
          <History profile={profile} />
        </div>
      </div>
      {isTested && <TestDialog profile={profile} onClose={() => setTested(false)} />}
      <ConfirmDialog
        isOpen={isDeleted}
        onClose={() => setDeleted(false)}
        title={t('credentialProfiles.deleteTitle', { name })}
        confirm={t('action.delete')}
        permission={update}
        onConfirm={remove}
      >
        <p>{t('credentialProfiles.deleteText', { count: credentials.length })}</p>
      </ConfirmDialog>
    </Page>
  );
}

type DetailValues = { readonly name: string; readonly description: string; readonly clientId: string };

function detailsOf({ name, description, clientId, version }: CredentialProfile): LoadedValues<DetailValues> {
  return { values: { name, description, clientId: clientId ?? '' }, version };
}

function schemaOf(isClientIdNeeded: boolean) {
  return z
    .object({ name: z.string(), description: z.string(), clientId: z.string() })
    .check(({ value, issues }) => {
      const mistakes = [
        ...(value.name.trim() === '' ? [['name', t('credentialProfiles.missing.name')] as const] : []),
        ...(isClientIdNeeded ? mistakesOfClientId(value.clientId) : []),
      ];
      for (const [field, message] of mistakes) {
        issues.push({ code: 'custom', message, path: [field], input: value });
      }
    });
}

const clientIdNeeded = schemaOf(true);
const clientIdFree = schemaOf(false);

function Details({ profile }: Readonly<{ profile: CredentialProfile }>) {
  const { profileId, type, clientId } = profile;
  // A system-assigned identity has no id of its own; which kind it is was chosen when the profile was made.
  const hasClientId = type !== 'managed-identity' || clientId !== null;
  const form = useAppForm<DetailValues>({
    schema: hasClientId ? clientIdNeeded : clientIdFree,
    loaded: detailsOf(profile),
    labels: {
      name: t('credentialProfiles.name'),
      description: t('credentialProfiles.description'),
      clientId:
        type === 'managed-identity'
          ? t('credentialProfiles.identityClientId')
          : t('credentialProfiles.clientId'),
    },
    save: async (values, version) => {
      try {
        await saveProfile(profileId, { ...values, clientId: hasClientId ? values.clientId : null }, version);
        showToast({ kind: 'success', title: t('credentialProfiles.saved') });
      } catch (error) {
        throw atField(error);
      }
    },
    reload: async () => detailsOf(await queryClient.fetchQuery({ ...profileQuery(profileId), staleTime: 0 })),
  });
  return (
    <Card title={t('credentialProfiles.details')}>
      <Form form={form}>
        <Field of={form} name="name">
          {(field) => <TextField {...field} />}
        </Field>
        <Field of={form} name="description">
          {(field) => <TextArea {...field} rows={2} isOptional />}
        </Field>
        {hasClientId && (
          <Field of={form} name="clientId">
            {(field) => <TextField {...field} isVerbatim />}
          </Field>
        )}
        <FormActions form={form} permission={update} />
      </Form>
    </Card>
  );
}

function UsedBy({ tenants }: Readonly<{ tenants: readonly string[] }>) {
  return (
    <Card title={t('credentialProfiles.usedBy')}>
      {tenants.length === 0 ? (
        <>
          <p className="text-muted">{t('credentialProfiles.usedByNone')}</p>
          <p>
            <Rich
              text={t('credentialProfiles.usedByNoneHint')}
              parts={{
                link: (inner) => (
                  <Link to="/integrations/new" className="link">
                    {inner}
                  </Link>
                ),
              }}
            />
          </p>
        </>
      ) : (
        <ul className="grid gap-1.5">
          {tenants.map((tenant) => (
            <li key={tenant}>
              <Link to="/integrations/entra-id/$name" params={{ name: tenant }} className="link">
                {tenant}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function History({ profile }: Readonly<{ profile: CredentialProfile }>) {
  const { createdAt, createdBy, changedAt, changedBy, lastUsedAt } = profile;
  const by = (when: string, who: string) => (
    <Rich text={t('credentialProfiles.by', { who })} parts={{ when: () => <Time value={when} /> }} />
  );
  return (
    <Card>
      <KeyValueList
        items={[
          [t('credentialProfiles.created'), by(createdAt, createdBy)],
          [t('credentialProfiles.changed'), by(changedAt, changedBy)],
          [
            t('credentialProfiles.lastUsed'),
            <Time key="used" value={lastUsedAt} none={t('credentialProfiles.neverUsed')} />,
          ],
        ]}
      />
    </Card>
  );
}
