/** What an object is, at a glance: what identifies it, where it is from, and its tags. */
import { Link } from '@tanstack/react-router';
import { TagIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ResourceDetails, TagLabel } from '../../../../src/http/schemas/directory.ts';
import { type ResourceAddress, setTag } from '../../data/directory.ts';
import { identitiesConnection } from '../../data/identities.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/directory.ts';
import { GiveTag } from './give-tag.tsx';
import { TagChips } from './tag-chips.tsx';
import { groupTypeWords, membershipTypeWords, textOf, typeWords, yesOrNo } from './type-words.ts';

const permission = '/Syncline/Directory/Tag';

type Props = Readonly<{ address: ResourceAddress; resource: ResourceDetails }>;
type Item = readonly [string, ReactNode];

export function ResourceCard({ address, resource }: Props) {
  const [isGiving, setGiving] = useState(false);
  const mayTag = useMay(permission);
  const { name, tags } = resource;
  const takeAway = async ({ tagId, name: tag }: TagLabel) => {
    try {
      await setTag(address, tagId, false);
      showToast({ kind: 'success', title: t('tags.taken', { name, tag }) });
    } catch (error) {
      showFailure(t('tags.notChanged'), error);
    }
  };
  return (
    <Card title={t('resource.card')}>
      <div className="grid items-start gap-x-8 gap-y-2 md:grid-cols-2">
        <KeyValueList items={whatItIs(resource)} />
        <KeyValueList
          items={[
            ...whereItIs(resource),
            [
              t('resource.tags'),
              <div key="tags" className="flex flex-wrap items-center gap-2">
                <TagChips tags={tags} onTakeAway={mayTag ? takeAway : undefined} />
                <Button icon={TagIcon} look="ghost" permission={permission} onClick={() => setGiving(true)}>
                  {t('tags.give')}
                </Button>
              </div>,
            ],
          ]}
        />
      </div>
      {isGiving && <GiveTag address={address} name={name} given={tags} onClose={() => setGiving(false)} />}
    </Card>
  );
}

const notRead = () => <span className="text-muted">{t('resource.unnamed')}</span>;

/** Only what was read is shown, but for what people look for on this type. */
function whatItIs({ type, attributes: list }: ResourceDetails): readonly Item[] {
  const attributes: Readonly<Record<string, unknown>> = Object.fromEntries(
    list.map(({ name, value }) => [name, value]),
  );
  const given = (label: string, value: ReactNode): readonly Item[] =>
    value === undefined ? [] : [[label, value]];
  const common = [
    ...given(t('resource.email'), textOf(attributes.mail)),
    ...given(t('resource.description'), textOf(attributes.description)),
    ...given(t('resource.appId'), textOf(attributes.appId)),
    ...given(t('resource.operatingSystem'), operatingSystemOf(attributes)),
    ...given(t('resource.onPremises'), onPremisesOf(attributes)),
  ];
  if (type === 'user') {
    return [
      ...given(t('resource.userName'), textOf(attributes.userPrincipalName)),
      ...common,
      ...given(t('resource.jobTitle'), textOf(attributes.jobTitle)),
      ...given(t('resource.department'), textOf(attributes.department)),
      // Delta query does not follow managers, so that they are not read.
      [t('resource.manager'), notRead()],
    ];
  }
  if (type === 'group') {
    return [
      [t('resource.groupType'), groupTypeWords(attributes) ?? notRead()],
      [t('resource.membershipType'), membershipTypeWords(attributes)],
      ...given(t('resource.security'), yesOrNo(attributes.securityEnabled)),
      ...given(t('resource.roleAssignable'), yesOrNo(attributes.isAssignableToRole)),
      ...common,
    ];
  }
  return common;
}

function operatingSystemOf({ operatingSystem, operatingSystemVersion }: Readonly<Record<string, unknown>>) {
  const words = [textOf(operatingSystem), textOf(operatingSystemVersion)].filter(
    (word) => word !== undefined,
  );
  return words.length === 0 ? undefined : words.join(' ');
}

/** The account that it was synchronized from, as domain and name, else by its distinguished name. */
function onPremisesOf(attributes: Readonly<Record<string, unknown>>): ReactNode {
  const account = textOf(attributes.onPremisesSamAccountName);
  const domain = textOf(attributes.onPremisesDomainName);
  const names = [
    account !== undefined && domain !== undefined ? `${domain}\\${account}` : account,
    textOf(attributes.onPremisesUserPrincipalName),
    textOf(attributes.onPremisesDistinguishedName),
    textOf(attributes.onPremisesSecurityIdentifier),
  ].filter((one) => one !== undefined);
  if (names.length > 0) {
    return (
      <ul>
        {names.map((one) => (
          <li key={one} className="break-all">
            {one}
          </li>
        ))}
      </ul>
    );
  }
  return attributes.onPremisesSyncEnabled === false ? t('resource.onPremisesNone') : undefined;
}

function whereItIs({ connection, source, type, key, firstSeen }: ResourceDetails): readonly Item[] {
  return [
    [
      t('resource.objectId'),
      <span key="id" className="flex items-center gap-1">
        <span className="min-w-0 break-all font-mono text-2xs">{key}</span>
        <CopyButton text={key} />
      </span>,
    ],
    [t('resource.objectType'), typeWords(type)],
    [
      t('resource.tenant'),
      connection === identitiesConnection ? (
        <Link key="tenant" to="/identities/$type/$key" params={{ type, key }} className="link">
          {connection}
        </Link>
      ) : (
        <Link
          key="tenant"
          to="/integrations/entra-id/$name"
          params={{ name: connection }}
          className="link"
          title={source}
        >
          {connection}
        </Link>
      ),
    ],
    [t('resource.firstSeen'), <Time key="seen" value={firstSeen?.at} none={t('attributes.sinceUnknown')} />],
  ];
}
