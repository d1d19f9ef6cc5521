/** How outcomes of audited actions look. */
import type { AuditEntry } from '../../../../src/http/schemas/audit.ts';
import type { BadgeKind } from '../../kit/status-badge.tsx';

export const outcomeLooks: Readonly<Record<AuditEntry['outcome'], BadgeKind>> = {
  done: 'succeeded',
  refused: 'warning',
  failed: 'failed',
};
