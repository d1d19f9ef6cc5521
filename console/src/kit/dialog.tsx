/** A window over the page. It keeps the focus inside, Esc closes it, and the focus goes back to where it came from. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { t } from '../texts/texts.ts';
import { IconButton } from './button.tsx';

type Props = Readonly<{
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, at the lower end. */
  footer?: ReactNode;
  size?: 'normal' | 'wide';
  /** What gets the focus first; else the first field or button. */
  initialFocus?: RefObject<HTMLElement | null>;
}>;

export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  footer,
  size = 'normal',
  initialFocus,
}: Props) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="dialog" data-size={size} {...(initialFocus && { initialFocus })}>
          <div className="px-5 pe-14 pt-4">
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            {description !== undefined && (
              <Base.Description className="mt-1 text-muted" render={<div />}>
                {description}
              </Base.Description>
            )}
          </div>
          <div className="min-h-0 flex-auto overflow-y-auto px-5 py-4">{children}</div>
          {footer !== undefined && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</div>
          )}
          {/* The last one in order, so that a window begins at what it is for. */}
          <div className="absolute end-3 top-3">
            <IconButton label={t('action.close')} icon={X} onClick={onClose} />
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
