/** Why there are no accounts to see yet: they are being read, or reading them failed. */
import { Link } from '@tanstack/react-router';
import type { ApplicationData } from '../../../../src/http/schemas/applications.ts';
import { Banner } from '../../kit/banner.tsx';
import { Card } from '../../kit/card.tsx';
import { Progress } from '../../kit/progress.tsx';
import { t } from '../../texts/applications.ts';

export function DataStanding({
  data: { state, message, objectsRead },
  runId,
}: Readonly<{ data: ApplicationData; runId: number | null }>) {
  if (state === 'failed') {
    return (
      <Banner kind="bad" title={t('data.failed')}>
        {message}
      </Banner>
    );
  }
  if (state === 'waiting') return <Banner kind="info" title={t('data.waiting')} />;
  return (
    <Card>
      <div className="grid gap-2">
        <Progress
          label={t('data.reading')}
          value={null}
          text={t('data.readSoFar', { count: objectsRead ?? 0 })}
        />
        <p className="text-[.8667rem] text-muted" role="status">
          {t('data.readingText')}
        </p>
        {runId !== null && (
          <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(runId) }} className="link w-fit">
            {t('data.openRun')}
          </Link>
        )}
      </div>
    </Card>
  );
}
