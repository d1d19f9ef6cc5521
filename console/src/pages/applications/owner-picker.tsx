/** The owners of an application: identities, found by typing, each with a way to take it out again. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { ownerCandidatesQuery } from '../../data/applications.ts';
import { useMay } from '../../data/session.ts';
import { IconButton } from '../../kit/button.tsx';
import { Combobox } from '../../kit/combobox.tsx';
import type { InputProps } from '../../kit/input-props.ts';
import { useSettled } from '../../kit/settled.ts';
import { t } from '../../texts/applications.ts';
import type { Owner } from './application-values.ts';
import { ownerName } from './owner-names.ts';

const pauseMs = 200;

export function OwnerPicker({ label, value, onChange, hint, error, ...field }: InputProps<readonly Owner[]>) {
  const id = useId();
  const maySearch = useMay('/Syncline/Identities/Query');
  const [typed, setTyped] = useState('');
  const q = useSettled(typed.trim(), pauseMs);
  const { data = [] } = useQuery({
    ...ownerCandidatesQuery(q),
    enabled: maySearch,
    placeholderData: keepPreviousData,
  });
  const options = data
    .filter(({ key }) => value.every((owner) => owner.key !== key))
    .map(({ key, name, hint: details }) => ({ value: key, label: name, hint: details }));
  const add = (key: string | null) => {
    const found = data.find((candidate) => candidate.key === key);
    if (!found) return;
    onChange([...value, { key: found.key, name: found.name }]);
    setTyped('');
  };
  return (
    <div className="grid gap-2">
      {/* Whoever was chosen is below, and the box is empty for the next one. */}
      <Combobox
        key={value.length}
        label={label}
        value={null}
        options={options}
        onChange={add}
        onSearch={setTyped}
        placeholder={t('applications.ownersSearch')}
        hint={maySearch ? hint : t('form.notAllowed')}
        isDisabled={!maySearch}
        {...(error !== undefined && { error })}
        {...(field.isOptional && { isOptional: true })}
        {...(field.onBlur && { onBlur: field.onBlur })}
        {...(field.ref && { ref: field.ref })}
      />
      {value.length > 0 && (
        <ul id={id} aria-label={t('applications.ownersChosen')} className="flex flex-wrap gap-1.5">
          {value.map((owner) => (
            <li
              key={owner.key}
              className="flex items-center gap-0.5 rounded-lg border border-line bg-sunken ps-2.5 text-[.8667rem]"
            >
              {ownerName(owner)}
              <IconButton
                label={t('applications.ownerRemove', { name: ownerName(owner) })}
                icon={X}
                onClick={() => onChange(value.filter(({ key }) => key !== owner.key))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
