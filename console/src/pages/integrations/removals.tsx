/** What is being removed, and how far that is. */
import { useQuery } from '@tanstack/react-query';
import { removalsQuery } from '../../data/tenants.ts';
import { Card } from '../../kit/card.tsx';
import { Progress } from '../../kit/progress.tsx';
import { t } from '../../texts/integrations.ts';

export function Removals() {
  const { data } = useQuery(removalsQuery);
  return (data?.removals ?? []).map(({ name, isWaiting, percent, requestedAt }) => (
    <Card key={`${name} ${requestedAt}`}>
      <Progress
        label={t('integrations.removing', { name })}
        value={isWaiting ? null : percent}
        text={isWaiting ? t('integrations.removingWaits') : t('integrations.removingPercent', { percent })}
      />
    </Card>
  ));
}
