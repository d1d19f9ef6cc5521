/** The drop-down with a search: what `Combobox` loads when one is first shown. */
import { Combobox as Base } from '@base-ui/react/combobox';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { Ref } from 'react';
import { t } from '../texts/texts.ts';
import type { InputProps } from './input-props.ts';
import { Labelled } from './labelled.tsx';
import type { Option } from './select.tsx';

export type ComboboxProps = InputProps<string | null> &
  Readonly<{
    options: readonly Option[];
    placeholder?: string;
    /** Told what is typed, where the options come from the server; they are not filtered here then. */
    onSearch?: (text: string) => void;
  }>;

export function ComboboxBox({ options, placeholder = t('form.choose'), onSearch, ...props }: ComboboxProps) {
  const chosen = options.find(({ value }) => value === props.value) ?? null;
  return (
    <Labelled label={props.label} hint={props.hint} error={props.error} isOptional={props.isOptional}>
      {({ id, describedBy }) => (
        <Base.Root<Option>
          items={options}
          value={chosen}
          onValueChange={(option) => props.onChange(option?.value ?? null)}
          isItemEqualToValue={(a, b) => a.value === b.value}
          itemToStringLabel={({ label }) => label}
          disabled={props.isDisabled ?? false}
          readOnly={props.isReadOnly ?? false}
          {...(onSearch && { filter: null, onInputValueChange: onSearch })}
        >
          <div className="relative">
            <Base.Input
              id={id}
              ref={props.ref as Ref<HTMLInputElement>}
              className="field pe-9"
              placeholder={placeholder}
              onBlur={props.onBlur}
              aria-invalid={props.error !== undefined}
              aria-describedby={describedBy}
            />
            <Base.Trigger
              className="absolute inset-y-0 end-0 grid w-9 cursor-pointer place-items-center text-muted"
              aria-label={t('action.show')}
            >
              <ChevronsUpDown aria-hidden size={14} />
            </Base.Trigger>
          </div>
          <Base.Portal>
            <Base.Positioner sideOffset={4} className="z-10">
              <Base.Popup className="popup w-(--anchor-width)">
                <Base.Empty>
                  <div className="px-2 py-1.5 text-muted">{t('form.noOption')}</div>
                </Base.Empty>
                <Base.List>
                  {(option: Option) => (
                    <Base.Item
                      key={option.value}
                      value={option}
                      className="popup-item"
                      disabled={option.isDisabled ?? false}
                    >
                      <span className="grid size-4 place-items-center">
                        <Base.ItemIndicator>
                          <Check aria-hidden size={14} />
                        </Base.ItemIndicator>
                      </span>
                      <span>
                        {option.label}
                        {option.hint !== undefined && (
                          <span className="block text-2xs text-muted">{option.hint}</span>
                        )}
                      </span>
                    </Base.Item>
                  )}
                </Base.List>
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.Root>
      )}
    </Labelled>
  );
}
