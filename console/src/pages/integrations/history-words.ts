/** Words of the history: classes of objects as people call them, and how a run read them. */
import type { SyncHistoryRow } from '../../../../src/http/schemas/sync-history.ts';
import { t } from '../../texts/sync-history.ts';

const known = [
  'user',
  'group',
  'device',
  'application',
  'servicePrincipal',
  'directoryRole',
  'administrativeUnit',
  'orgContact',
  'oAuth2PermissionGrant',
] as const;

/** A class: Computer for `device`; links with the word of what they lead from. */
export function classWords(objectClass: string): string {
  const [type = '', link] = objectClass.split('.');
  const found = known.find((name) => name === type);
  const words = found === undefined ? t('history.type.other', { name: type }) : t(`history.type.${found}`);
  return link === undefined ? words : t('history.type.links', { type: words, link });
}

/** How a run read a class, and why in full. */
export function modeWords({ mode, reason }: Pick<SyncHistoryRow, 'mode' | 'reason'>): string {
  if (mode === null) return t('history.modeUnknown');
  if (mode === 'incremental') return t('history.incremental');
  return reason === null ? t('history.full') : t('history.fullBecause', { reason });
}
