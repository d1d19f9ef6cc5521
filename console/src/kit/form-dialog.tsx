/** A window with a form in it: Cancel, and the button that sends the form. */
import type { ReactNode } from 'react';
import type { FieldValues } from 'react-hook-form';
import { t } from '../texts/texts.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import type { AppForm } from './form.tsx';

export function FormDialog<Values extends FieldValues>({
  form,
  title,
  description,
  action,
  permission,
  needsChange = false,
  size = 'normal',
  onClose,
  children,
}: Readonly<{
  form: AppForm<Values>;
  title: string;
  description?: ReactNode;
  /** What the button says that sends the form. */
  action: string;
  permission?: string;
  /** Whether there is nothing to send before something was changed. */
  needsChange?: boolean;
  size?: 'normal' | 'wide';
  onClose: () => void;
  /** With the `Form` itself. */
  children: ReactNode;
}>) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={description}
      size={size}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            type="submit"
            form={form.id}
            look="primary"
            {...(permission !== undefined && { permission })}
            isDisabled={form.isSaving || (needsChange && !form.isDirty)}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
