/** An identity and its accounts as they are stored. */
import { useQuery } from '@tanstack/react-query';
import type { IdentityDetails } from '../../../../src/http/schemas/identities.ts';
import { resourceQuery } from '../../data/directory.ts';
import { Card } from '../../kit/card.tsx';
import { CodeBlock } from '../../kit/code-block.tsx';
import { Loaded } from '../../kit/states.tsx';
import { t } from '../../texts/identities.ts';

type Attributes = readonly Readonly<{ name: string; value?: unknown }>[];

function jsonOf(key: string, attributes: Attributes): string {
  return JSON.stringify(
    { _id: key, ...Object.fromEntries(attributes.map(({ name, value }) => [name, value])) },
    null,
    2,
  );
}

export function RawTab({ identity }: Readonly<{ identity: IdentityDetails }>) {
  const label = t('identityRaw.identity');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-2">
      <Card title={label}>
        <CodeBlock code={jsonOf(identity.key, identity.attributes)} label={label} isWrapped />
      </Card>
      {identity.accounts
        .filter(({ name }) => name !== null)
        .map((account) => (
          <SourceCard key={account.linkNumber} account={account} />
        ))}
    </div>
  );
}

function SourceCard({ account }: Readonly<{ account: IdentityDetails['accounts'][number] }>) {
  const { connection, type, key, name } = account;
  const query = useQuery(resourceQuery({ connection, type, key }));
  const label = t('identityRaw.account', { connection, name: name ?? key });
  return (
    <Card title={label}>
      <Loaded query={query} lines={8}>
        {({ attributes }) => <CodeBlock code={jsonOf(key, attributes)} label={label} isWrapped />}
      </Loaded>
    </Card>
  );
}
