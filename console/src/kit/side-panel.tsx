/** Details at the end of the page, over it: the row that is looked at. Esc closes it. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../texts/texts.ts';
import { IconButton } from './button.tsx';
import { ScrollRegion } from './scroll-region.tsx';

type Props = Readonly<{
  isOpen: boolean;
  onClose: () => void;
  title: string;
  subtitle?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}>;

export function SidePanel({ isOpen, onClose, title, subtitle, children, footer }: Props) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="side-panel">
          <div className="min-w-0 border-b border-line px-5 py-4 pe-14">
            <Base.Title className="truncate text-lg font-semibold">{title}</Base.Title>
            {subtitle !== undefined && <div className="text-muted">{subtitle}</div>}
          </div>
          <ScrollRegion label={title} className="min-h-0 flex-auto px-5 py-4">
            {children}
          </ScrollRegion>
          {footer !== undefined && (
            <div className="flex justify-end gap-2 border-t border-line px-5 py-3">{footer}</div>
          )}
          <div className="absolute end-3 top-3">
            <IconButton label={t('action.close')} icon={X} onClick={onClose} />
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
