/** A menu that was opened at least once. */
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMay } from '../data/session.ts';
import { t } from '../texts/texts.ts';
import type { MenuItem } from './menu.tsx';

export function OpenedMenu({
  items,
  trigger,
}: Readonly<{ items: readonly MenuItem[]; trigger: ReactElement }>) {
  return (
    <Base.Root modal={false} defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-10">
          <Base.Popup className="popup min-w-44">
            {items.map((item) =>
              item.isChecked === undefined ? (
                <Action key={item.key} item={item} />
              ) : (
                <Choice key={item.key} item={item} isChecked={item.isChecked} />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Action({ item }: Readonly<{ item: MenuItem }>) {
  const { label, icon: Icon, onSelect, isDanger = false, isDisabled = false, permission } = item;
  const mayUse = useMay(permission);
  return (
    <Base.Item
      className="popup-item"
      data-danger={isDanger}
      disabled={isDisabled || !mayUse}
      onClick={onSelect}
      {...(!mayUse && { title: t('form.notAllowed') })}
    >
      {Icon && <Icon aria-hidden size={15} />}
      {label}
    </Base.Item>
  );
}

function Choice({ item, isChecked }: Readonly<{ item: MenuItem; isChecked: boolean }>) {
  return (
    <Base.CheckboxItem
      checked={isChecked}
      onCheckedChange={item.onSelect}
      closeOnClick={false}
      className="popup-item"
    >
      <span className="grid size-4 place-items-center">
        <Base.CheckboxItemIndicator>
          <Check aria-hidden size={14} />
        </Base.CheckboxItemIndicator>
      </span>
      {item.label}
    </Base.CheckboxItem>
  );
}
