/** A box to tick, with its label beside it. */
import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check } from 'lucide-react';
import { type Ref, useId } from 'react';
import type { InputProps } from './input-props.ts';
import { Notes, SideLabel } from './labelled.tsx';

export function Checkbox({
  label,
  value,
  onChange,
  onBlur,
  hint,
  error,
  isDisabled,
  isReadOnly,
  isLabelHidden = false,
  ref,
}: InputProps<boolean> & Readonly<{ isLabelHidden?: boolean }>) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <div className="flex items-center gap-2.5">
        <Base.Root
          ref={ref as Ref<HTMLElement>}
          checked={value}
          onCheckedChange={(checked) => onChange(checked)}
          onBlur={onBlur}
          disabled={isDisabled ?? false}
          readOnly={isReadOnly ?? false}
          aria-describedby={hint === undefined ? undefined : `${id}hint`}
          {...(isLabelHidden ? { 'aria-label': label } : { 'aria-labelledby': `${id}label` })}
          className="relative grid size-4.5 shrink-0 cursor-pointer place-items-center rounded border border-edge bg-surface before:absolute before:-inset-1 data-checked:border-accent data-checked:bg-accent data-checked:text-accent-fg data-disabled:cursor-not-allowed data-disabled:opacity-60"
        >
          <Base.Indicator>
            <Check aria-hidden size={14} strokeWidth={3} />
          </Base.Indicator>
        </Base.Root>
        {!isLabelHidden && (
          <SideLabel id={id} label={label} onClick={() => !isDisabled && !isReadOnly && onChange(!value)} />
        )}
      </div>
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}
