/** An identity at a glance: what it is called, where it is from, its manager and its tags. */
import { useQuery } from '@tanstack/react-query';
import { TagIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { IdentityDetails } from '../../../../src/http/schemas/identities.ts';
import { linksQuery, setTag } from '../../data/directory.ts';
import { identitiesConnection } from '../../data/identities.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { showFailure } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t as directoryText } from '../../texts/directory.ts';
import { t } from '../../texts/identities.ts';
import { GiveTag } from '../directory/give-tag.tsx';
import { ResourceLink } from '../directory/resource-link.tsx';
import { TagChips } from '../directory/tag-chips.tsx';
import { LinkDialog } from './link-dialogs.tsx';

const tagPermission = '/Syncline/Directory/Tag';

type Props = Readonly<{ identity: IdentityDetails }>;
type Item = readonly [string, ReactNode];

/** What people know each type by. */
const namesOf = {
  alpha_user: ['userName', 'mail'],
  alpha_group: ['description'],
} as const;

export function IdentityCard({ identity }: Props) {
  const { type, key, attributes, accounts, firstSeen } = identity;
  const readValue = (name: string) => {
    const value = attributes.find((one) => one.name === name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const named = namesOf[type].flatMap((name): Item[] => {
    const value = readValue(name);
    return value === undefined ? [] : [[t(`identities.column.${name}`), value]];
  });
  return (
    <Card title={t('identity.card')}>
      <div className="grid items-start gap-x-8 gap-y-2 md:grid-cols-2">
        <KeyValueList
          items={[
            ...named,
            ...(type === 'alpha_user'
              ? [[t('identity.manager'), <Manager key="manager" identity={identity} />] as const]
              : []),
            [t('identityTab.accounts'), t('identity.accountsCount', { count: accounts.length })],
          ]}
        />
        <KeyValueList
          items={[
            [
              t('identity.id'),
              <span key="id" className="flex items-center gap-1">
                <span className="min-w-0 break-all font-mono text-2xs">{key}</span>
                <CopyButton text={key} />
              </span>,
            ],
            [
              t('identity.firstSeen'),
              <Time key="seen" value={firstSeen?.at} none={t('identity.notKnown')} />,
            ],
            [directoryText('resource.tags'), <Tags key="tags" identity={identity} />],
          ]}
        />
      </div>
    </Card>
  );
}

function Manager({ identity }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { type, key, deleted } = identity;
  const { data } = useQuery(
    linksQuery(
      { connection: identitiesConnection, type, key },
      { association: 'alpha_user.manager', direction: 'from', kind: 'direct', after: '' },
    ),
  );
  const [manager] = data?.items ?? [];
  return (
    <span className="flex flex-wrap items-center gap-2">
      {manager ? (
        <ResourceLink
          connection={identitiesConnection}
          type={manager.type}
          id={manager.key}
          name={manager.name}
        />
      ) : (
        <span className="text-muted">{t('identity.noManager')}</span>
      )}
      {deleted === null && (
        <Button look="ghost" permission="/Syncline/Identities/Update" onClick={() => setOpen(true)}>
          {t('identity.setManager')}
        </Button>
      )}
      {isOpen && <LinkDialog identity={identity} link="manager" onClose={() => setOpen(false)} />}
    </span>
  );
}

function Tags({ identity: { type, key, name, tags } }: Props) {
  const [isGiving, setGiving] = useState(false);
  const mayTag = useMay(tagPermission);
  const address = { connection: identitiesConnection, type, key };
  const takeAway = async ({ tagId }: Readonly<{ tagId: number }>) => {
    try {
      await setTag(address, tagId, false);
    } catch (error) {
      showFailure(directoryText('tags.notChanged'), error);
    }
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <TagChips tags={tags} onTakeAway={mayTag ? takeAway : undefined} />
      <Button icon={TagIcon} look="ghost" permission={tagPermission} onClick={() => setGiving(true)}>
        {directoryText('tags.give')}
      </Button>
      {isGiving && <GiveTag address={address} name={name} given={tags} onClose={() => setGiving(false)} />}
    </div>
  );
}
