/** Keys that lead somewhere from everywhere, and the window that lists them. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { usePreferences } from '../data/preferences.ts';
import { queryClient } from '../data/query-client.ts';
import { Dialog } from '../kit/dialog.tsx';
import { t } from '../texts/texts.ts';

const destinations = {
  a: '/applications',
  d: '/',
  i: '/integrations',
  j: '/jobs',
  r: '/directory',
} as const;

type Acts = Readonly<{ openPalette: () => void; openHelp: () => void }>;

/** Listens to the keyboard of the whole page. */
export function useShortcuts({ openPalette, openHelp }: Acts): void {
  const navigate = useNavigate();
  const { hasSingleKeys } = usePreferences();
  const pressedG = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette();
        return;
      }
      if (!hasSingleKeys || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      const isAfterG = event.timeStamp - pressedG.current < 1500;
      pressedG.current = Number.NEGATIVE_INFINITY;
      const destination = destinations[event.key as keyof typeof destinations];
      if (isAfterG && destination !== undefined) {
        event.preventDefault();
        void navigate({ to: destination });
      } else if (event.key === 'g') {
        pressedG.current = event.timeStamp;
      } else if (event.key === '/') {
        event.preventDefault();
        const box = document.querySelector<HTMLInputElement>('main [data-search]');
        if (box) box.focus();
        else openPalette();
      } else if (event.key === '?') {
        openHelp();
      } else if (event.key === 'r') {
        void queryClient.invalidateQueries();
      }
    };
    document.addEventListener('keydown', act);
    return () => document.removeEventListener('keydown', act);
  }, [navigate, openPalette, openHelp, hasSingleKeys]);
}

/** Whether keys mean something else there: something is typed, or a window is open. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]')) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select') !== null)
  );
}

/** The list of shortcuts. */
export function ShortcutsDialog({ isOpen, onClose }: Readonly<{ isOpen: boolean; onClose: () => void }>) {
  const shortcuts = [
    [['Ctrl', 'K'], t('shortcuts.palette')],
    [['/'], t('shortcuts.search')],
    [['r'], t('shortcuts.refresh')],
    [['g', 'd'], t('shortcuts.dashboard')],
    [['g', 'i'], t('shortcuts.integrations')],
    [['g', 'j'], t('shortcuts.jobs')],
    [['g', 'a'], t('shortcuts.applications')],
    [['g', 'r'], t('shortcuts.directory')],
    [['?'], t('shortcuts.help')],
  ] as const;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('shortcuts.title')}>
      <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-y-2">
        {shortcuts.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded border border-edge bg-sunken px-1.5 font-mono text-[.8rem]">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
