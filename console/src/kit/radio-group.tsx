/** A choice of one, with every possibility in sight. */
import { Radio } from '@base-ui/react/radio';
import { RadioGroup as Base } from '@base-ui/react/radio-group';
import { useId } from 'react';
import type { InputProps } from './input-props.ts';
import { Notes } from './labelled.tsx';
import type { Option } from './select.tsx';

export function RadioGroup<Value extends string>({
  label,
  value,
  onChange,
  options,
  hint,
  error,
  isDisabled,
}: InputProps<Value> & Readonly<{ options: readonly Option<Value>[] }>) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <div id={`${id}label`} className="text-[.8667rem] font-medium">
        {label}
      </div>
      <Base
        value={value}
        onValueChange={(next) => onChange(next as Value)}
        disabled={isDisabled ?? false}
        aria-labelledby={`${id}label`}
        className="grid gap-2"
      >
        {options.map((option) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control.
          <label key={option.value} className="flex cursor-pointer items-start gap-2.5 text-[.8667rem]">
            <Radio.Root
              value={option.value}
              disabled={option.isDisabled ?? false}
              className="mt-0.5 grid size-4.5 shrink-0 place-items-center rounded-full border border-edge bg-surface data-checked:border-accent data-disabled:opacity-60"
            >
              <Radio.Indicator className="size-2.5 rounded-full bg-accent" />
            </Radio.Root>
            <span>
              {option.label}
              {option.hint !== undefined && (
                <span className="block text-[.8rem] text-muted">{option.hint}</span>
              )}
            </span>
          </label>
        ))}
      </Base>
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}
