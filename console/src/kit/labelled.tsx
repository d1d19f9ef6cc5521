/** The label, the hint and the error around an input. */
import { type ReactNode, useId } from 'react';
import { t } from '../texts/texts.ts';

export type LabelledIds = Readonly<{ id: string; describedBy: string | undefined; labelId: string }>;

type Props = Readonly<{
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  isOptional?: boolean | undefined;
  /** Beside the label, at the end of its line. */
  aside?: ReactNode;
  children: (ids: LabelledIds) => ReactNode;
}>;

/** Gives the input the ids that tie it to what stands around it. */
export function Labelled({ label, hint, error, isOptional = false, aside, children }: Props) {
  const id = useId();
  const labelId = `${id}label`;
  const ids = [error === undefined ? [] : [`${id}error`], hint === undefined ? [] : [`${id}hint`]].flat();
  return (
    <div className="grid gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} id={labelId} className="text-[.8667rem] font-medium">
          {label}
          {isOptional && <span className="font-normal text-muted"> {t('form.optional')}</span>}
        </label>
        {aside}
      </div>
      {children({ id, labelId, describedBy: ids.length > 0 ? ids.join(' ') : undefined })}
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}

/** The error and the hint below an input, under the ids that its description names. */
export function Notes({
  id,
  hint,
  error,
}: Readonly<{ id: string; hint?: string | undefined; error?: string | undefined }>) {
  return (
    <>
      {error !== undefined && (
        <p id={`${id}error`} className="text-[.8rem] font-medium text-bad">
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}hint`} className="text-[.8rem] text-muted">
          {hint}
        </p>
      )}
    </>
  );
}

/** The words beside a box or a switch. Clicking them is a convenience: the keyboard reaches what they stand beside. */
export function SideLabel({
  id,
  label,
  onClick,
}: Readonly<{ id: string; label: string; onClick: () => void }>) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: what it stands beside is what the keyboard reaches.
    <span id={`${id}label`} className="cursor-pointer text-[.8667rem]" onClick={onClick}>
      {label}
    </span>
  );
}
