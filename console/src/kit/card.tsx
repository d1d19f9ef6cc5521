/** A box with a heading. */
import { type ReactNode, useId } from 'react';

type Props = Readonly<{
  title?: string;
  /** At the end of the heading's line. */
  actions?: ReactNode;
  children: ReactNode;
  /** Without a margin inside, for tables. */
  isFlush?: boolean;
  className?: string;
}>;

export function Card({ title, actions, children, isFlush = false, className = '' }: Props) {
  const id = useId();
  return (
    <section className={`card min-w-0 ${className}`} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {actions}
        </div>
      )}
      <div className={isFlush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}
