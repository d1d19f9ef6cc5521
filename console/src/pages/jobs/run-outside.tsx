/** How another scheduler or program launches a job: commands to copy, and what their exit codes mean. */
import { Link } from '@tanstack/react-router';
import type { Job } from '../../../../src/http/schemas/jobs.ts';
import { Card } from '../../kit/card.tsx';
import { CodeBlock } from '../../kit/code-block.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Rich } from '../../kit/rich.tsx';
import { t } from '../../texts/jobs.ts';

const exitCodes = ['0', '1', '3', '4', '5', '8'] as const;

export function RunOutside({ job: { identifier } }: Readonly<{ job: Job }>) {
  const address = location.origin;
  const quoted = `"${identifier.replaceAll('"', '\\"')}"`;
  const command = `npx syncline invoke-job -j ${quoted} --api-url ${address} --api-client-id Job --api-secret …`;
  const curl = `TOKEN=$(curl -s ${address}/connect/token \\
  -d grant_type=client_credentials -d client_id=Job -d client_secret=… | jq -r .access_token)
curl -s -X POST -H "Authorization: Bearer $TOKEN" ${address}/api/jobs/${encodeURIComponent(identifier)}/runs`;
  const client = (inner: string) => (
    <Link to="/settings/api-clients" className="link">
      {inner}
    </Link>
  );
  return (
    <div className="grid gap-4">
      <p className="max-w-3xl">
        <Rich text={t('outside.intro')} parts={{ client }} />
      </p>
      <Card title={t('outside.command')}>
        <div className="grid gap-3">
          <CodeBlock code={command} label={t('outside.command')} isWrapped />
          <p>{t('outside.exit')}</p>
          <KeyValueList items={exitCodes.map((code) => [code, t(`outside.exit.${code}`)])} />
        </div>
      </Card>
      <Card title={t('outside.curl')}>
        <CodeBlock code={curl} label={t('outside.curl')} isWrapped />
      </Card>
    </div>
  );
}
