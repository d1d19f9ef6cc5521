/**
 * A button that opens a list of actions. Until it is first opened it is nothing but a button, so that a thousand rows may each have
 * one; what opens is loaded then (9 kB).
 */
import { EllipsisVertical, type LucideIcon } from 'lucide-react';
import { type ComponentProps, cloneElement, lazy, type ReactElement, Suspense, useState } from 'react';
import { t } from '../texts/texts.ts';

export type MenuItem = Readonly<{
  key: string;
  label: string;
  icon?: LucideIcon;
  onSelect: () => void;
  isDanger?: boolean;
  isDisabled?: boolean;
  permission?: string;
  /** For choices: whether it is chosen. Choosing leaves the menu open. */
  isChecked?: boolean;
}>;

type Trigger = ReactElement<ComponentProps<'button'>>;

type Props = Readonly<{
  items: readonly MenuItem[];
  /** The name of the button with three dots, unless there is a trigger. */
  label?: string;
  /** Another button that opens it. */
  trigger?: Trigger;
}>;

const OpenedMenu = lazy(async () => {
  const { OpenedMenu: component } = await import('./opened-menu.tsx');
  return { default: component };
});

export function Menu({ items, label = t('action.more'), trigger }: Props) {
  const [isWanted, setWanted] = useState(false);
  const button: Trigger = trigger ?? (
    <button type="button" className="btn btn-ghost btn-icon cell-act" aria-label={label}>
      <EllipsisVertical aria-hidden size={16} />
    </button>
  );
  const closed = cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setWanted(true),
  });
  if (!isWanted) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenedMenu items={items} trigger={button} />
    </Suspense>
  );
}
