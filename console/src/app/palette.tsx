/** The command palette, loaded when it is first opened. */
import { useState } from 'react';
import { lazyPart } from '../kit/lazy-part.tsx';

const PaletteDialog = lazyPart(
  () => import('./palette-dialog.tsx').then(({ PaletteDialog: component }) => component),
  true,
);

export function CommandPalette({ isOpen, onClose }: Readonly<{ isOpen: boolean; onClose: () => void }>) {
  const [wasOpened, setOpened] = useState(false);
  if (isOpen && !wasOpened) setOpened(true);
  return wasOpened ? <PaletteDialog isOpen={isOpen} onClose={onClose} /> : null;
}
