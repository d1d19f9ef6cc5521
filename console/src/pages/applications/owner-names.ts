/** The words for the owners of an application. */
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { t } from '../../texts/applications.ts';

type Owner = Application['owners'][number];

/** The name of an owner, or what is left of one. */
export function ownerName({ name, key }: Owner): string {
  return name ?? t('applications.ownerGone', { key });
}

export function ownerNames(owners: readonly Owner[]): string {
  return owners.length === 0 ? t('time.none') : owners.map(ownerName).join(', ');
}
