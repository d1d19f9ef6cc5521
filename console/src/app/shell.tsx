/** The frame around every page that a signed-in person sees: header, navigation, banners, content. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon, Search } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../data/session.ts';
import { IconButton } from '../kit/button.tsx';
import { SidePanel } from '../kit/side-panel.tsx';
import { t } from '../texts/texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { startLive } from './live.ts';
import { LiveIndicator } from './live-indicator.tsx';
import { CommandPalette } from './palette.tsx';
import { ShellBanners } from './shell-banners.tsx';
import { ShortcutsDialog, useShortcuts } from './shortcuts.tsx';
import { SideNavigation } from './side-navigation.tsx';
import { ThemeMenu } from './theme-menu.tsx';

export function Shell() {
  const { environmentLabel } = useSession();
  const [open, setOpen] = useState<'palette' | 'help' | 'navigation'>();
  const close = useCallback(() => setOpen(undefined), []);
  const openPalette = useCallback(() => setOpen('palette'), []);
  const openHelp = useCallback(() => setOpen('help'), []);
  useShortcuts({ openPalette, openHelp });
  useEffect(startLive, []);
  useFocusOnNavigation();
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr] md:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="btn btn-primary sr-only focus:not-sr-only focus:absolute focus:start-2 focus:top-2 focus:z-20"
      >
        {t('app.skip')}
      </a>
      <header className="sticky top-0 z-[2] col-span-full flex h-13 items-center gap-3 border-b border-line bg-surface px-3.5">
        <div className="md:hidden">
          <IconButton label={t('app.openNavigation')} icon={MenuIcon} onClick={() => setOpen('navigation')} />
        </div>
        <img src="/mark.svg" alt="" width={26} height={26} />
        <span className="font-bold max-sm:sr-only">{t('app.name')}</span>
        {environmentLabel && (
          <span className="rounded border border-edge px-2 text-[.8rem] text-muted max-sm:hidden">
            {environmentLabel}
          </span>
        )}
        <LiveIndicator />
        <div className="ms-auto flex items-center gap-2">
          <button
            type="button"
            className="field flex cursor-pointer items-center gap-2 text-muted max-md:w-auto md:w-68"
            aria-keyshortcuts="Control+K"
            onClick={openPalette}
          >
            <Search aria-hidden size={15} />
            <span className="flex-1 max-md:sr-only">{t('app.search')}</span>
            <kbd
              aria-hidden
              className="rounded border border-line px-1.5 font-mono text-[.75rem] max-md:hidden"
            >
              {'Ctrl K'}
            </kbd>
          </button>
          <ThemeMenu />
          <AccountMenu openShortcuts={openHelp} />
        </div>
      </header>
      <div className="border-e border-line bg-surface max-md:hidden">
        <div className="sticky top-13 max-h-[calc(100dvh-3.25rem)] overflow-y-auto">
          <SideNavigation />
        </div>
      </div>
      <main id="content" tabIndex={-1} className="min-w-0 p-4 outline-none md:px-6 md:py-4">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <ShellBanners />
          <Outlet />
        </div>
      </main>
      <SidePanel isOpen={open === 'navigation'} onClose={close} title={t('app.navigation')}>
        <SideNavigation onChoose={close} />
      </SidePanel>
      <CommandPalette isOpen={open === 'palette'} onClose={close} />
      <ShortcutsDialog isOpen={open === 'help'} onClose={close} />
    </div>
  );
}

/** A new page begins at its heading, for screen readers and the keyboard. */
function useFocusOnNavigation(): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef(path);
  useEffect(() => {
    if (last.current !== undefined && last.current !== path)
      document.querySelector<HTMLElement>('main h1')?.focus();
    last.current = path;
  }, [path]);
}
