/** One box that finds pages, tenants, jobs and people, and goes there. */
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useRouter } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { t } from '../texts/texts.ts';
import { type PaletteGroup, type PaletteItem, usePaletteGroups } from './palette-items.ts';

export function PaletteDialog({ isOpen, onClose }: Readonly<{ isOpen: boolean; onClose: () => void }>) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog palette" aria-label={t('palette.title')}>
          <Box onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Box({ onClose }: Readonly<{ onClose: () => void }>) {
  const [query, setQuery] = useState('');
  const groups = usePaletteGroups(query);
  const router = useRouter();
  const go = ({ href }: PaletteItem) => {
    onClose();
    router.history.push(href);
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filter={null}
      value={query}
      onValueChange={setQuery}
      autoHighlight="always"
      keepHighlight
      itemToStringValue={(item: PaletteItem) => item.label}
    >
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden size={16} className="text-muted" />
        <Autocomplete.Input
          className="h-12 w-full bg-transparent outline-none placeholder:text-muted"
          aria-label={t('palette.title')}
          placeholder={t('palette.placeholder')}
        />
      </div>
      <div className="max-h-[min(60dvh,26rem)] overflow-y-auto p-1.5">
        <Autocomplete.Empty>
          <div className="px-3 py-4 text-muted">{query === '' ? '' : t('palette.none', { query })}</div>
        </Autocomplete.Empty>
        <Autocomplete.List>
          {(group: PaletteGroup) => (
            <Autocomplete.Group key={group.value} items={group.items}>
              <Autocomplete.GroupLabel className="px-2.5 pt-2 pb-1 text-2xs text-muted">
                {group.value}
              </Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(item: PaletteItem) => (
                  <Autocomplete.Item
                    key={item.href}
                    value={item}
                    className="popup-item"
                    onClick={() => go(item)}
                  >
                    <span className="min-w-0 flex-auto truncate">{item.label}</span>
                    {item.hint !== undefined && (
                      <span className="truncate text-2xs text-muted">{item.hint}</span>
                    )}
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
    </Autocomplete.Root>
  );
}
