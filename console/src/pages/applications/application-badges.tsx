/** How an application stands, in two words: whether it is active, and whether it is connected. */
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { Badge, type BadgeKind } from '../../kit/status-badge.tsx';
import { t } from '../../texts/applications.ts';

export function ActiveBadge({ isEnabled }: Pick<Application, 'isEnabled'>) {
  return (
    <Badge kind={isEnabled ? 'succeeded' : 'off'}>
      {t(isEnabled ? 'applications.active' : 'applications.inactive')}
    </Badge>
  );
}

type Connection = Application['connection'];

const kinds: Readonly<Record<Connection['state'], BadgeKind>> = {
  'not-set-up': 'off',
  reading: 'succeeded',
  connected: 'succeeded',
  failed: 'failed',
};

export function ConnectionBadge({
  connection: { state, message },
}: Readonly<{ connection: Pick<Connection, 'state' | 'message'> }>) {
  return (
    <Badge kind={kinds[state]} title={message ?? undefined}>
      {t(`applications.state.${state}`)}
    </Badge>
  );
}
