/** What stands where nothing can be shown: nothing yet, not loaded, or not yet loaded. */
import { Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemOf } from '../data/problem.ts';
import { t } from '../texts/texts.ts';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';

/** Nothing is there: says why, and what to do next. */
export function EmptyState({
  title,
  description,
  action,
}: Readonly<{ title: string; description?: ReactNode; action?: ReactNode }>) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-12 text-center">
      <Inbox aria-hidden size={28} className="text-muted" />
      <p className="font-semibold">{title}</p>
      {description !== undefined && <div className="max-w-lg text-muted">{description}</div>}
      {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** It could not be loaded: the server's sentence, its request, and another try. */
export function ErrorState({
  error,
  onRetry,
}: Readonly<{ error: unknown; onRetry?: (() => void) | undefined }>) {
  const { status, body, message } = problemOf(error);
  const isForbidden = status === 403;
  const title = isForbidden ? t('error.notAllowed') : status === 404 ? t('error.notFound') : t('error.title');
  return (
    <Banner
      kind="bad"
      title={title}
      actions={onRetry && !isForbidden && <Button onClick={onRetry}>{t('action.retry')}</Button>}
    >
      <p>{message}</p>
      {isForbidden && <p>{t('error.notAllowedHint')}</p>}
      {body.requestId !== undefined && (
        <p className="mt-1 text-2xs text-muted">{t('error.request', { requestId: body.requestId })}</p>
      )}
    </Banner>
  );
}

/** A grey place of the size of what comes; shown only when it takes longer. */
export function Skeleton({ lines = 3 }: Readonly<{ lines?: number }>) {
  return (
    <div className="grid gap-2.5 py-1" role="status" aria-label={t('table.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same.
        <div key={line} className={`skeleton h-4 ${line % 3 === 2 ? 'w-2/3' : 'w-full'}`} />
      ))}
    </div>
  );
}

/** Shows what a query gave: a skeleton, the problem with another try, or the thing itself. */
export function Loaded<Data>({
  query,
  lines,
  children,
}: Readonly<{
  query: Readonly<{ data: Data | undefined; error: unknown; refetch: () => unknown }>;
  lines?: number;
  children: (data: Data) => ReactNode;
}>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Skeleton {...(lines !== undefined && { lines })} />;
}
