/** A switch: on or off, with its label beside it. */
import { Switch as Base } from '@base-ui/react/switch';
import { type Ref, useId } from 'react';
import type { InputProps } from './input-props.ts';
import { Notes, SideLabel } from './labelled.tsx';

export function Switch({
  label,
  value,
  onChange,
  onBlur,
  hint,
  error,
  isDisabled,
  isReadOnly,
  ref,
}: InputProps<boolean>) {
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
          aria-labelledby={`${id}label`}
          aria-describedby={hint === undefined ? undefined : `${id}hint`}
          className="relative h-6 w-10 shrink-0 cursor-pointer rounded-full border border-edge bg-sunken transition-colors data-checked:border-transparent data-checked:bg-accent data-disabled:cursor-not-allowed data-disabled:opacity-60"
        >
          <Base.Thumb className="absolute start-0.5 top-1/2 size-4.5 -translate-y-1/2 rounded-full bg-edge transition-transform data-checked:translate-x-4 data-checked:bg-accent-fg" />
        </Base.Root>
        <SideLabel id={id} label={label} onClick={() => !isDisabled && !isReadOnly && onChange(!value)} />
      </div>
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}
