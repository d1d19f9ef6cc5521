/** Tabs that are pages of their own: links, of which one leads to where one is. */
import { Link, type LinkProps, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

export type TabLink = Readonly<{
  label: string;
  /** Also where one is below it. */
  isOpenBelow?: boolean;
}> &
  Pick<LinkProps, 'to' | 'params' | 'search'>;

export function TabLinks({
  label,
  links,
  look = 'tabs',
}: Readonly<{ label: string; links: readonly TabLink[]; look?: 'tabs' | 'pills' }>) {
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  // On narrow pages not all of them fit: the one that one is at is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: where one is decides which it is.
  useEffect(() => {
    const current = list.current?.querySelector('[aria-current=page]');
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  return (
    <nav aria-label={label} className={look === 'tabs' ? 'border-b border-line' : ''}>
      <ul ref={list} className="flex gap-1 overflow-x-auto">
        {links.map(({ label: words, isOpenBelow = false, ...target }) => (
          <li key={words}>
            <Link
              {...target}
              activeOptions={{ exact: !isOpenBelow, includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
              className={looks[look]}
            >
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const looks = {
  tabs: 'block whitespace-nowrap border-b-2 border-transparent px-3 py-2 text-[.9rem] text-muted focus-visible:-outline-offset-2 aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text',
  pills:
    'block whitespace-nowrap rounded-lg px-3 py-1.5 text-[.8667rem] text-muted hover:bg-sunken focus-visible:-outline-offset-2 aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent',
};
