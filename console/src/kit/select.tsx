/** A choice of one among few. */
import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { Ref } from 'react';
import { t } from '../texts/texts.ts';
import type { InputProps } from './input-props.ts';
import { Labelled } from './labelled.tsx';

export type Option<Value extends string = string> = Readonly<{
  value: Value;
  label: string;
  /** A second line that explains. */
  hint?: string | undefined;
  isDisabled?: boolean | undefined;
}>;

type Props<Value extends string> = InputProps<Value | null> &
  Readonly<{ options: readonly Option<Value>[]; placeholder?: string }>;

/** A labelled drop-down. */
export function Select<Value extends string>(props: Props<Value>) {
  return (
    <Labelled label={props.label} hint={props.hint} error={props.error} isOptional={props.isOptional}>
      {({ id, describedBy, labelId }) => (
        <Choice {...props} id={id} labelledBy={labelId} describedBy={describedBy} />
      )}
    </Labelled>
  );
}

/** A drop-down whose label only screen readers hear, for filters and the like. */
export function CompactSelect<Value extends string>({
  className,
  ...props
}: Props<Value> & { className?: string }) {
  return (
    <div className={className ?? 'w-40'}>
      <Choice {...props} />
    </div>
  );
}

function Choice<Value extends string>({
  options,
  placeholder = t('form.choose'),
  id,
  labelledBy,
  describedBy,
  ...props
}: Props<Value> & { id?: string; labelledBy?: string; describedBy?: string | undefined }) {
  const chosen = options.find(({ value }) => value === props.value);
  return (
    <Base.Root<Value>
      value={props.value}
      onValueChange={(value) => props.onChange(value)}
      disabled={props.isDisabled ?? false}
      readOnly={props.isReadOnly ?? false}
      {...(id !== undefined && { id })}
    >
      <Base.Trigger
        ref={props.ref as Ref<HTMLButtonElement>}
        className="field flex items-center justify-between gap-2"
        onBlur={props.onBlur}
        aria-invalid={props.error !== undefined}
        aria-describedby={describedBy}
        {...(labelledBy === undefined ? { 'aria-label': props.label } : { 'aria-labelledby': labelledBy })}
      >
        <Base.Value className={`truncate ${chosen ? '' : 'text-muted'}`}>
          {() => chosen?.label ?? placeholder}
        </Base.Value>
        <Base.Icon className="text-muted">
          <ChevronsUpDown aria-hidden size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-10">
          <Base.Popup className="popup min-w-(--anchor-width)">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                disabled={option.isDisabled ?? false}
                className="popup-item"
              >
                <span className="grid size-4 place-items-center">
                  <Base.ItemIndicator>
                    <Check aria-hidden size={14} />
                  </Base.ItemIndicator>
                </span>
                <span>
                  <Base.ItemText>{option.label}</Base.ItemText>
                  {option.hint !== undefined && (
                    <span className="block text-2xs text-muted">{option.hint}</span>
                  )}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
