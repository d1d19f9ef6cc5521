/** Tabs. The arrows move between them, Enter opens one, because a tab loads data. Which one is open belongs into the address. */
import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export type Tab<Key extends string> = Readonly<{
  key: Key;
  label: ReactNode;
  content: ReactNode;
  /** Stays as it is while another tab is open: for forms, so that nothing typed is lost. */
  isKept?: boolean;
}>;

type Props<Key extends string> = Readonly<{
  label: string;
  tabs: readonly Tab<Key>[];
  value: Key;
  onChange: (key: Key) => void;
}>;

export function Tabs<Key extends string>({ label, tabs, value, onChange }: Props<Key>) {
  return (
    <Base.Root value={value} onValueChange={(key) => onChange(key as Key)}>
      <Base.List
        aria-label={label}
        activateOnFocus={false}
        className="mb-4 flex gap-1 overflow-x-auto border-b border-line"
      >
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.key}
            value={tab.key}
            className="-mb-px cursor-pointer whitespace-nowrap border-b-2 border-transparent px-3 py-2 text-[.9rem] text-muted focus-visible:-outline-offset-2 data-active:border-accent data-active:font-medium data-active:text-text"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.key} value={tab.key} keepMounted={tab.isKept ?? false} tabIndex={-1}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
