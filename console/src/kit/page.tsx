/** The frame of a page: where one is, its heading, what can be done, and the title of the browser's tab. */
import { Link, type LinkProps } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { t } from '../texts/texts.ts';

export type Crumb = Readonly<{ label: string }> & Pick<LinkProps, 'to' | 'params' | 'search'>;

type Props = Readonly<{
  title: string;
  /** What the title of the browser's tab begins with, such as the tab that is open. */
  part?: string | undefined;
  crumbs?: readonly Crumb[];
  /** Beside the heading: a badge. */
  status?: ReactNode;
  description?: ReactNode;
  /** At the upper right. */
  actions?: ReactNode;
  children: ReactNode;
}>;

export function Page({ title, part, crumbs = [], status, description, actions, children }: Props) {
  useEffect(() => {
    document.title = [part, title, t('app.name')].filter((text) => text !== undefined).join(' · ');
  }, [title, part]);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-4">
      <header className="grid gap-2">
        {crumbs.length > 0 && (
          <nav aria-label={t('app.crumbs')}>
            <ol className="flex flex-wrap gap-1.5 text-[.8667rem] text-muted">
              {crumbs.map(({ label, ...target }) => (
                <li key={label} className="flex gap-1.5">
                  <Link {...target} className="link">
                    {label}
                  </Link>
                  <span aria-hidden>{'/'}</span>
                </li>
              ))}
              <li aria-current="location">{title}</li>
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
            <h1 tabIndex={-1} className="min-w-0 break-words text-2xl font-semibold outline-none">
              {title}
            </h1>
            {status}
          </div>
          {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
        </div>
        {description !== undefined && <div className="max-w-3xl text-muted">{description}</div>}
      </header>
      {children}
    </div>
  );
}
