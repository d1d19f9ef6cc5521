/** Which value of a provider's claim stands for which role, line by line. */
import { Plus, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { Button, IconButton } from '../../kit/button.tsx';
import type { InputProps } from '../../kit/input-props.ts';
import { Notes } from '../../kit/labelled.tsx';
import { CompactSelect } from '../../kit/select.tsx';
import { t } from '../../texts/users.ts';
import type { RoleMapping } from './provider-values.ts';
import { roleNames } from './role-matrix.tsx';

const options = roleNames.map((role) => ({ value: role, label: t(`role.${role}`) }));

export function RoleMappingField({ label, value, onChange, onBlur, error, hint }: InputProps<RoleMapping>) {
  const id = useId();
  const change = (index: number, line: Partial<RoleMapping[number]>) =>
    onChange(value.map((old, at) => (at === index ? { ...old, ...line } : old)));
  return (
    <fieldset
      className="grid gap-2"
      aria-describedby={error === undefined ? `${id}hint` : `${id}error ${id}hint`}
    >
      <legend className="mb-1 text-[.8667rem] font-medium">{label}</legend>
      {value.map(({ word, role }, index) => {
        const number = index + 1;
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; what it says is being typed.
            key={index}
            className="grid grid-cols-[minmax(0,1fr)_10rem_auto] items-center gap-2 max-sm:grid-cols-[minmax(0,1fr)_auto]"
          >
            <input
              className="field"
              aria-label={t('providers.value', { number })}
              aria-invalid={error !== undefined && word.trim() === ''}
              value={word}
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
              onChange={(event) => change(index, { word: event.target.value })}
              onBlur={onBlur}
            />
            <CompactSelect
              className="w-full max-sm:col-start-1"
              label={t('providers.valueRole', { number })}
              value={role}
              onChange={(next) => change(index, { role: next ?? role })}
              options={options}
            />
            <IconButton
              label={t('providers.removeValue', { number })}
              icon={Trash2}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            />
          </div>
        );
      })}
      <div>
        <Button icon={Plus} onClick={() => onChange([...value, { word: '', role: 'auditor' }])}>
          {t('providers.addValue')}
        </Button>
      </div>
      <Notes id={id} hint={hint} error={error} />
    </fieldset>
  );
}
