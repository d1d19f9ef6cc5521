/** The one vocabulary of statuses: an icon, a word and a colour, never the colour alone. */
import type { ReactNode } from 'react';
import { t } from '../texts/texts.ts';

/** The looks of a badge; each has an icon and a colour of its own. */
export type BadgeKind =
  | 'succeeded'
  | 'failed'
  | 'warning'
  | 'blocked'
  | 'running'
  | 'waiting'
  | 'cancelled'
  | 'off';

const statuses = {
  queued: ['waiting', 'status.queued'],
  running: ['running', 'status.running'],
  succeeded: ['succeeded', 'status.succeeded'],
  warnings: ['warning', 'status.warnings'],
  failed: ['failed', 'status.failed'],
  cancelled: ['cancelled', 'status.cancelled'],
  blocked: ['blocked', 'status.blocked'],
  skipped: ['off', 'status.skipped'],
  waiting: ['waiting', 'status.waiting'],
  never: ['off', 'status.never'],
  connected: ['succeeded', 'status.connected'],
  notConnected: ['failed', 'status.notConnected'],
  enabled: ['succeeded', 'status.enabled'],
  disabled: ['off', 'status.disabled'],
  expired: ['failed', 'status.expired'],
  valid: ['succeeded', 'status.valid'],
  passed: ['succeeded', 'status.passed'],
  warning: ['warning', 'status.warning'],
  removing: ['running', 'status.removing'],
} as const;
export type Status = keyof typeof statuses;

/** A status by its word. */
export function StatusBadge({ status, title }: Readonly<{ status: Status; title?: string | undefined }>) {
  const [kind, key] = statuses[status];
  return (
    <Badge kind={kind} title={title}>
      {t(key)}
    </Badge>
  );
}

/** The word of a status, where there is no place for a badge. */
export function wordOf(status: Status): string {
  return t(statuses[status][1]);
}

/** A badge with words of one's own, such as the days that a secret has left. */
export function Badge({
  kind,
  title,
  children,
}: Readonly<{ kind: BadgeKind; title?: string | undefined; children: ReactNode }>) {
  return (
    <span className="status" data-kind={kind} title={title}>
      {children}
    </span>
  );
}
