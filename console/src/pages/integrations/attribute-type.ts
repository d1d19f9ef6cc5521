/** The words for the type of an attribute. */
import type { SchemaAttribute } from '../../../../src/http/schemas/entity-types.ts';
import { t } from '../../texts/entity-types.ts';

/** What kind of values an attribute has, and whose it is. */
export function typeOf(attribute: SchemaAttribute | undefined): string {
  if (attribute === undefined) return t('entityTypes.unknownType');
  const { type, isCollection, isExtension, application } = attribute;
  const kind = type ?? t('entityTypes.unknownType');
  const shown = isCollection ? t('entityTypes.collection', { type: kind }) : kind;
  if (!isExtension) return shown;
  const whose =
    application === null ? t('entityTypes.extension') : t('entityTypes.extensionOf', { application });
  return `${shown} · ${whose}`;
}
