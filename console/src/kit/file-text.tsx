/** A text that comes from a file or is pasted, such as a certificate in PEM. */
import { useRef } from 'react';
import { t } from '../texts/texts.ts';
import { Button } from './button.tsx';
import type { InputProps } from './input-props.ts';
import { TextArea } from './text-field.tsx';
import { showToast } from './toasts.tsx';

type Props = InputProps<string> &
  Readonly<{
    /** The words of the button, and its name for screen readers. */
    choose: string;
    chooseLabel: string;
    /** The ends of names that the browser offers, such as `.pem,.crt`. */
    accept: string;
    placeholder?: string;
    /** Larger files are no text that anybody meant to give. */
    largestBytes?: number;
  }>;

export function FileText({
  choose,
  chooseLabel,
  accept,
  placeholder,
  largestBytes = 100_000,
  ...props
}: Props) {
  const file = useRef<HTMLInputElement>(null);
  const read = async () => {
    const chosen = file.current?.files?.[0];
    if (chosen && chosen.size <= largestBytes) props.onChange(await chosen.text());
    else if (chosen) showToast({ kind: 'failure', title: t('fileText.tooLarge', { name: chosen.name }) });
    // The same file may be chosen again.
    if (file.current) file.current.value = '';
  };
  return (
    <div className="grid gap-1.5">
      <TextArea {...props} isCode rows={4} {...(placeholder !== undefined && { placeholder })} />
      <div>
        <Button aria-label={chooseLabel} onClick={() => file.current?.click()}>
          {choose}
        </Button>
        <input
          ref={file}
          type="file"
          accept={accept}
          className="hidden"
          tabIndex={-1}
          aria-label={chooseLabel}
          onChange={() => void read()}
        />
      </div>
    </div>
  );
}
