/** A choice of one resource of an entity type, found by its name. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ObjectSet, resourceChoicesQuery } from '../../../data/mappings.ts';
import { Combobox } from '../../../kit/combobox.tsx';
import { useSettled } from '../../../kit/settled.ts';
import { t } from '../../../texts/mappings.ts';

export type Account = Readonly<{ key: string; name: string }>;

export function AccountPicker({
  set,
  label,
  value,
  onChange,
}: Readonly<{
  set: ObjectSet;
  label: string;
  value: Account | null;
  onChange: (account: Account | null) => void;
}>) {
  const [typed, setTyped] = useState('');
  const settled = useSettled(typed, 250);
  // What was chosen stands in the field, and is no search.
  const { data } = useQuery(resourceChoicesQuery(set, settled === value?.name ? '' : settled));
  const found = data?.items ?? [];
  const isFound = value === null || found.some(({ key }) => key === value.key);
  const accounts = isFound ? found : [value, ...found];
  return (
    <Combobox
      label={label}
      placeholder={t('mappings.previewAny')}
      value={value?.key ?? null}
      options={accounts.map(({ key, name }) => ({
        value: key,
        label: name,
        ...(name === key ? {} : { hint: key }),
      }))}
      onSearch={setTyped}
      onChange={(key) => onChange(accounts.find((account) => account.key === key) ?? null)}
    />
  );
}
