/** The frame of the pages before one is signed in: the product, which server it is, and one box in the middle. */
import { type ReactNode, useEffect, useId } from 'react';
import { t } from '../../texts/texts.ts';

type Props = Readonly<{ title: string; environmentLabel?: string | null | undefined; children: ReactNode }>;

export function Entrance({ title, environmentLabel, children }: Props) {
  const id = useId();
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [title]);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr]">
      <header className="flex h-13 items-center gap-3 border-b border-line bg-surface px-3.5">
        <img src="/mark.svg" alt="" width={26} height={26} />
        <span className="font-bold">{t('app.name')}</span>
        {environmentLabel && (
          <span className="rounded border border-edge px-2 text-[.8rem] text-muted">{environmentLabel}</span>
        )}
      </header>
      <main
        id="content"
        className="grid grid-cols-[minmax(0,1fr)] content-start justify-items-center p-4 pt-[8vh]"
        aria-labelledby={id}
      >
        <div className="card grid w-full max-w-md grid-cols-[minmax(0,1fr)] gap-5 p-6">
          <h1 id={id} className="text-2xl font-semibold">
            {title}
          </h1>
          {children}
        </div>
      </main>
    </div>
  );
}
