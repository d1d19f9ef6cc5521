/** Inputs for text: of one line, of several, and for secrets, which can be looked at while they are typed. */
import { Eye, EyeOff } from 'lucide-react';
import { type Ref, useState } from 'react';
import { t } from '../texts/texts.ts';
import { IconButton } from './button.tsx';
import type { InputProps } from './input-props.ts';
import { Labelled, type LabelledIds } from './labelled.tsx';

type TextProps = InputProps<string> &
  Readonly<{
    type?: 'text' | 'email' | 'url' | 'number' | 'search' | 'datetime-local' | 'date';
    placeholder?: string;
    autoComplete?: string;
    /** For names, addresses and identifiers, which no dictionary knows. */
    isVerbatim?: boolean;
    isFocusedFirst?: boolean;
    inputMode?: 'text' | 'numeric' | 'email' | 'url';
  }>;

/** One line of text. */
export function TextField(props: TextProps) {
  const {
    type = 'text',
    placeholder,
    autoComplete = 'off',
    isVerbatim = false,
    isFocusedFirst,
    inputMode,
  } = props;
  return (
    <Labelled {...labelOf(props)}>
      {(ids) => (
        <input
          {...common(props, ids)}
          ref={props.ref as Ref<HTMLInputElement>}
          className="field"
          type={type}
          placeholder={placeholder}
          autoComplete={autoComplete}
          inputMode={inputMode}
          // biome-ignore lint/a11y/noAutofocus: only where a dialog or a page consists of this one field.
          autoFocus={isFocusedFirst}
          {...(isVerbatim && { spellCheck: false, autoCapitalize: 'none', autoCorrect: 'off' })}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Labelled>
  );
}

/** Several lines of text. */
export function TextArea(
  props: InputProps<string> & Readonly<{ rows?: number; placeholder?: string; isCode?: boolean }>,
) {
  const { rows = 4, placeholder, isCode = false } = props;
  return (
    <Labelled {...labelOf(props)}>
      {(ids) => (
        <textarea
          {...common(props, ids)}
          ref={props.ref as Ref<HTMLTextAreaElement>}
          className={`field py-1.5 ${isCode ? 'font-mono text-[.8rem]' : ''}`}
          rows={rows}
          placeholder={placeholder}
          spellCheck={!isCode}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Labelled>
  );
}

/** A secret that is being typed. What is kept on the server is never shown: say by the hint when it was set. */
export function SecretField(
  props: InputProps<string> & Readonly<{ autoComplete?: 'current-password' | 'new-password' | 'off' }>,
) {
  const [isShown, setShown] = useState(false);
  return (
    <Labelled {...labelOf(props)}>
      {(ids) => (
        <div className="relative">
          <input
            {...common(props, ids)}
            ref={props.ref as Ref<HTMLInputElement>}
            className="field pe-10"
            type={isShown ? 'text' : 'password'}
            autoComplete={props.autoComplete ?? 'off'}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => props.onChange(event.target.value)}
          />
          <div className="absolute inset-y-0 end-0.5 flex items-center">
            <IconButton
              label={isShown ? t('form.hideSecret') : t('form.showSecret')}
              icon={isShown ? EyeOff : Eye}
              onClick={() => setShown(!isShown)}
            />
          </div>
        </div>
      )}
    </Labelled>
  );
}

function labelOf({ label, hint, error, isOptional }: InputProps<string>) {
  return { label, hint, error, isOptional };
}

function common(
  { value, name, onBlur, isDisabled, isReadOnly, error }: InputProps<string>,
  ids: LabelledIds,
) {
  return {
    id: ids.id,
    value,
    name,
    onBlur,
    disabled: isDisabled,
    readOnly: isReadOnly,
    'aria-invalid': error !== undefined,
    'aria-describedby': ids.describedBy,
  };
}
