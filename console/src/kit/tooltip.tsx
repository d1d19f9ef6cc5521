/** A few words beside what is pointed at or focused. */
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

/** Wraps one element that can be focused. */
export function Tooltip({ text, children }: Readonly<{ text: string; children: ReactElement }>) {
  return (
    <Base.Root
      onOpenChange={(_isOpen, details) => {
        // Esc closes the window as well that a tooltip is shown in.
        if (details.reason === 'escape-key') details.allowPropagation();
      }}
    >
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6}>
          <Base.Popup className="tooltip">{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
