/** The question before something that cannot be taken back: what it does, with counts, and where much is lost, the name typed. */
import { type ReactNode, useRef, useState } from 'react';
import { type Problem, problemOf } from '../data/problem.ts';
import { t } from '../texts/texts.ts';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './text-field.tsx';

type Props = Readonly<{
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, with counts. */
  children: ReactNode;
  /** The words on the button that does it. */
  confirm: string;
  look?: 'primary' | 'danger';
  /** What has to be typed first, where much is lost. */
  mustType?: string | undefined;
  /** Why it cannot be done (yet). */
  disabledReason?: string | undefined;
  permission?: string | undefined;
  /** Does it; the window closes when it is done, and shows the problem when it was refused. */
  onConfirm: () => Promise<unknown>;
}>;

export function ConfirmDialog(props: Props) {
  // A new question each time it opens: nothing typed is left over.
  return props.isOpen ? <Question {...props} /> : null;
}

function Question({
  onClose,
  title,
  children,
  confirm,
  look = 'danger',
  mustType,
  disabledReason,
  permission,
  onConfirm,
}: Props) {
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const cancel = useRef<HTMLButtonElement>(null);
  const isTyped = mustType === undefined || typed === mustType;
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      initialFocus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            look={look}
            permission={permission}
            isDisabled={isBusy}
            disabledReason={
              disabledReason ?? (isTyped ? undefined : t('form.typeToConfirm', { text: mustType }))
            }
            onClick={act}
          >
            {confirm}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {problem && <Banner kind="bad" title={problem.message} />}
        {children}
        {mustType !== undefined && (
          <TextField
            label={t('form.typeToConfirm', { text: mustType })}
            value={typed}
            onChange={setTyped}
            isVerbatim
          />
        )}
      </div>
    </Dialog>
  );
}
