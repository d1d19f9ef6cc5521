/** Provisioning, Connection: setting it up, and once it is, who signs in where and with which permissions. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { KeyRound, PlugZap } from 'lucide-react';
import { useState } from 'react';
import type { Application, ApplicationConnected } from '../../../../src/http/schemas/applications.ts';
import type { CheckReport } from '../../../../src/http/schemas/checks.ts';
import { templatesQuery, testApplication } from '../../data/applications.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/applications.ts';
import { cloudName } from '../integrations/cloud-name.ts';
import { TestResult, useConnectionTest } from '../integrations/connection-test.tsx';
import { useApplication } from './application-context.ts';
import { ConnectForm } from './connect-form.tsx';
import { MissingAttributes } from './missing-attributes.tsx';
import { PermissionList } from './permission-list.tsx';

const update = '/Syncline/Applications/Update';

export function ConnectionTab() {
  const application = useApplication();
  const isSetUp = application.connection.state !== 'not-set-up';
  const [form, setForm] = useState<'none' | 'connect' | 'replace'>('none');
  const [connected, setConnected] = useState<ApplicationConnected>();
  const close = () => setForm('none');
  if (form !== 'none') {
    return (
      <ConnectForm
        application={application}
        isReplacing={form === 'replace'}
        onCancel={close}
        onConnected={(answer) => {
          setConnected(answer);
          close();
        }}
      />
    );
  }
  if (!isSetUp) {
    return (
      <Card>
        <EmptyState
          title={t('connection.notSetUp')}
          description={t('connection.notSetUpText')}
          action={
            <Button look="primary" icon={PlugZap} permission={update} onClick={() => setForm('connect')}>
              {t('applications.setUp')}
            </Button>
          }
        />
      </Card>
    );
  }
  return (
    <Connected
      application={application}
      connected={connected}
      onReplace={() => setForm('replace')}
      onReconnect={() => setForm('connect')}
    />
  );
}

function Connected({
  application,
  connected,
  onReplace,
  onReconnect,
}: Readonly<{
  application: Application;
  connected: ApplicationConnected | undefined;
  onReplace: () => void;
  onReconnect: () => void;
}>) {
  const { connection } = application;
  const test = useConnectionTest();
  const report = test.report ?? connected?.report;
  const check = () =>
    void test.run(connection.tenant ?? '', String(application.id), () => testApplication(application.id));
  return (
    <div className="grid max-w-4xl gap-4">
      <Standing connection={connection} />
      {connected?.usedTenant && (
        <Banner
          kind="info"
          title={t('connection.reused', { name: connected.usedTenant.name })}
          actions={connection.isOwn && <Button onClick={onReplace}>{t('connection.reusedReplace')}</Button>}
        >
          {connected.usedTenant.profile === null
            ? t('connection.reusedOwn')
            : t('connection.reusedProfile', { profile: connected.usedTenant.profile })}
        </Banner>
      )}
      <MissingAttributes application={application} />
      <Card
        title={t('connection.title')}
        actions={
          <div className="flex flex-wrap gap-2">
            <Button icon={PlugZap} permission={update} isDisabled={test.isTesting} onClick={check}>
              {t(test.isTesting ? 'connection.checking' : 'connection.check')}
            </Button>
            {connection.isOwn && (
              <Button icon={KeyRound} permission={update} onClick={onReplace}>
                {t('connection.replace')}
              </Button>
            )}
            <Button permission={update} onClick={onReconnect}>
              {t('connection.reconnect')}
            </Button>
          </div>
        }
      >
        <Facts connection={connection} />
      </Card>
      <Permissions application={application} report={report} />
      {report && (
        <Card title={t('connection.steps')}>
          <TestResult report={report} />
        </Card>
      )}
    </div>
  );
}

type Connection = Application['connection'];

function Standing({ connection }: Readonly<{ connection: Connection }>) {
  const { state, message } = connection;
  if (state === 'failed') {
    return (
      <Banner kind="bad" title={t('applications.state.failed')}>
        {message}
      </Banner>
    );
  }
  return (
    <Banner kind="ok" title={t('applications.state.connected')}>
      {message ?? t('connection.readyText')}
    </Banner>
  );
}

function Facts({ connection }: Readonly<{ connection: Connection }>) {
  const { name, tenant, cloud, clientId, profile, lastCheckAt, readAt, isOwn } = connection;
  return (
    <KeyValueList
      items={[
        [
          t('connect.tenant'),
          <Link key="tenant" to="/integrations/entra-id/$name" params={{ name: name ?? '' }} className="link">
            {tenant ?? name}
          </Link>,
        ],
        [t('connect.cloud'), cloud === null ? t('time.none') : cloudName(cloud)],
        [t('connect.clientId'), clientId ?? t('time.none')],
        [
          t('connection.profile'),
          profile === null ? (
            <span key="profile" className="text-muted">
              {t(isOwn ? 'time.none' : 'connection.ofSettings')}
            </span>
          ) : (
            <Link
              key="profile"
              to="/credential-profiles/$profileId"
              params={{ profileId: String(profile.profileId) }}
              className="link"
            >
              {profile.name}
            </Link>
          ),
        ],
        [t('connection.lastCheck'), <Time key="check" value={lastCheckAt} none={t('time.never')} />],
        [t('connection.readAt'), <Time key="read" value={readAt} none={t('connection.notRead')} />],
      ]}
    />
  );
}

/** A line a permission; which are granted is known once the connection was tried out. */
function Permissions({
  application,
  report,
}: Readonly<{ application: Application; report: CheckReport | undefined }>) {
  const { data } = useQuery(templatesQuery);
  const template = data?.items.find(({ id }) => id === application.template.id);
  if (!template) return null;
  const { tenant, clientId, cloud } = application.connection;
  const granted = report?.grantedPermissions;
  return (
    <Card title={t('permissions.title')}>
      <div className="grid gap-3">
        <p className="text-[.8667rem] text-muted">
          {t(granted === undefined ? 'permissions.unknown' : 'permissions.known')}
        </p>
        <PermissionList permissions={template.permissions} granted={granted} />
        {cloud === 'Global' && tenant !== null && clientId !== null && (
          <a
            className="link w-fit"
            href={`https://login.microsoftonline.com/${encodeURIComponent(tenant)}/adminconsent?client_id=${encodeURIComponent(clientId)}`}
            target="_blank"
            rel="noreferrer"
          >
            {t('permissions.consent')}
          </a>
        )}
      </div>
    </Card>
  );
}
