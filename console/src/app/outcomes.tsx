/** What is shown instead of a page: no such address, a page that failed, a server that does not answer. */
import { type ErrorComponentProps, Link, useRouter, useRouterState } from '@tanstack/react-router';
import { Problem, problemOf } from '../data/problem.ts';
import { queryClient } from '../data/query-client.ts';
import { Banner } from '../kit/banner.tsx';
import { Button } from '../kit/button.tsx';
import { EmptyState } from '../kit/states.tsx';
import { t } from '../texts/texts.ts';

export function NotFound() {
  const address = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <main className="grid min-h-60 place-items-center">
      <EmptyState
        title={t('app.notFound')}
        description={t('app.notFoundHint', { address })}
        action={
          <Link to="/" className="btn btn-primary">
            {t('app.home')}
          </Link>
        }
      />
    </main>
  );
}

export function Crashed({ error }: ErrorComponentProps) {
  const router = useRouter();
  // After an update the files of the old version are gone.
  const { message } = problemOf(error);
  const isOutdated = /dynamically imported module|module script/i.test(message);
  const again = () => {
    if (isOutdated || !(error instanceof Problem)) location.reload();
    else void queryClient.resetQueries().then(() => router.invalidate());
  };
  return (
    <main className="mx-auto max-w-2xl p-6">
      <Banner
        kind="bad"
        title={isOutdated ? t('app.outdated') : t('app.crashed')}
        actions={
          <Button onClick={again}>{error instanceof Problem ? t('action.retry') : t('app.reload')}</Button>
        }
      >
        {!isOutdated && message}
      </Banner>
    </main>
  );
}
