/** How soon a credential ends: a warning from thirty days ahead, and a louder one from seven. */
import { Badge } from '../../kit/status-badge.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/credential-profiles.ts';

const dayMs = 86_400_000;
const warnedDays = 30;
const urgentDays = 7;

export function Expiry({ value }: Readonly<{ value: string | null }>) {
  if (value === null) return <span className="text-muted">{t('credentialProfiles.noEnd')}</span>;
  const leftMs = new Date(value).getTime() - Date.now();
  const days = Math.floor(leftMs / dayMs);
  if (days >= warnedDays) return <Time value={value} />;
  const title = new Date(value).toLocaleString();
  if (leftMs <= 0) {
    return (
      <Badge kind="failed" title={title}>
        {t('credentialProfiles.expiry.ended')}
      </Badge>
    );
  }
  return (
    <Badge kind={days < urgentDays ? 'failed' : 'warning'} title={title}>
      {days === 0 ? t('credentialProfiles.expiry.today') : t('credentialProfiles.expiry.soon', { days })}
    </Badge>
  );
}
