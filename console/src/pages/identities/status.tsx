/** Whether an identity is active now, in a badge. */
import type { IdentityStatus } from '../../../../src/http/schemas/identities.ts';
import { formatTime } from '../../kit/formats.ts';
import { Badge, type BadgeKind } from '../../kit/status-badge.tsx';
import { t } from '../../texts/identities.ts';

const kinds: Readonly<Record<IdentityStatus['state'], BadgeKind>> = {
  active: 'succeeded',
  inactive: 'off',
  'not-yet-active': 'waiting',
  'no-longer-active': 'off',
};

export function StatusOf({ status }: Readonly<{ status: IdentityStatus | null }>) {
  if (status === null) return null;
  const { state, until } = status;
  const title =
    until === null ? undefined : t('identityState.until', { when: formatTime(new Date(until), false) });
  return (
    <Badge kind={kinds[state]} title={title}>
      {t(`identityState.${state}`)}
    </Badge>
  );
}
