/** Finds identities as one types, and hands over the one that is chosen. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Identity } from '../../../../src/http/schemas/identities.ts';
import { identitiesQuery } from '../../data/identities.ts';
import { Combobox } from '../../kit/combobox.tsx';
import { useSettled } from '../../kit/settled.ts';
import { t } from '../../texts/identities.ts';
import { textOf } from '../directory/type-words.ts';

const most = 20;
const pauseMs = 200;

type Props = Readonly<{
  label: string;
  /** Whether groups are found, too. */
  hasGroups: boolean;
  /** Identities that are not to be offered. */
  without: readonly string[];
  onChoose: (identity: Identity) => void;
}>;

export function IdentityPicker({ label, hasGroups, without, onChoose }: Props) {
  const [typed, setTyped] = useState('');
  const q = useSettled(typed.trim(), pauseMs);
  const find = (type: string, enabled: boolean) => ({
    ...identitiesQuery(type, { q, pageSize: most }),
    enabled,
    placeholderData: keepPreviousData,
  });
  const users = useQuery(find('alpha_user', true));
  const groups = useQuery(find('alpha_group', hasGroups));
  const found = [...(users.data?.items ?? []), ...(hasGroups ? (groups.data?.items ?? []) : [])].filter(
    ({ key }) => !without.includes(key),
  );
  return (
    // Whoever was chosen is elsewhere, and the box is empty for the next one.
    <Combobox
      key={without.length}
      label={label}
      value={null}
      options={found.map(({ key, name, type, attributes }) => ({
        value: key,
        label: name,
        hint: type === 'alpha_group' ? t('identity.typeGroup') : textOf(attributes.userName),
      }))}
      onSearch={setTyped}
      onChange={(key) => {
        const identity = found.find((one) => one.key === key);
        if (identity) onChoose(identity);
      }}
    />
  );
}
