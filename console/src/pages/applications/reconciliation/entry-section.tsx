/** A part of the panel of an entry under a heading. */
import type { ReactNode } from 'react';

export function Section({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}
