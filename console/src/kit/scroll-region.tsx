/** A part that scrolls by itself: it can be reached by keyboard and has a name, as whatever scrolls must. */
import type { ReactNode } from 'react';

export function ScrollRegion({
  label,
  className = '',
  children,
}: Readonly<{ label: string; className?: string; children: ReactNode }>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what can have the focus.
    <section tabIndex={0} aria-label={label} className={`overflow-auto ${className}`}>
      {children}
    </section>
  );
}
