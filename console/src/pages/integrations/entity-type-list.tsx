/** The entity types that there are, exported or not, to choose the one that is looked at. */
import type { EntityTypesAnswer, EntityTypesPlan } from '../../../../src/http/schemas/entity-types.ts';
import { Badge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/entity-types.ts';
import type { OfferedType, TypeValues } from './entity-type-values.ts';

type Props = Readonly<{
  offered: readonly OfferedType[];
  mapped: EntityTypesAnswer;
  values: TypeValues;
  mistakes: EntityTypesPlan['mistakes'];
  selected: string;
  onSelect: (type: string) => void;
}>;

function placeOf(saved: readonly string[], name: string): number {
  return saved.includes(name) ? saved.indexOf(name) : saved.length;
}

export function EntityTypeList({ offered, mapped, values, mistakes, selected, onSelect }: Props) {
  // What is exported comes first, as it is saved: nothing moves while somebody switches types on and off.
  const saved = mapped.entityTypes.map(({ name }) => name);
  const ordered = [...offered].sort((a, b) => placeOf(saved, a.name) - placeOf(saved, b.name));
  return (
    <nav aria-label={t('entityTypes.list')} className="card p-1.5">
      <ul className="grid gap-0.5">
        {ordered.map(({ name }) => {
          const value = values[name];
          const stored = mapped.entityTypes.find((type) => type.name === name);
          const isWrong = mistakes.some(({ entityType }) => entityType === name);
          return (
            <li key={name}>
              <button
                type="button"
                aria-current={name === selected ? 'true' : undefined}
                onClick={() => onSelect(name)}
                className="grid w-full cursor-pointer gap-0.5 rounded-lg px-2.5 py-1.5 text-start hover:bg-sunken aria-[current=true]:bg-accent-soft"
              >
                <span className="flex flex-wrap items-center gap-2 font-medium">
                  {name}
                  {isWrong && <Badge kind="failed">{t('status.warning')}</Badge>}
                </span>
                <span className="text-2xs text-muted">
                  {value
                    ? t('entityTypes.exported', { count: value.attributes.length })
                    : t('entityTypes.notExported')}
                  {stored && ' · '}
                  {stored &&
                    (stored.resourceCount === null
                      ? t('entityTypes.unread')
                      : t('entityTypes.resources', { count: stored.resourceCount }))}
                </span>
                {stored?.isFullReadNext === true && stored.resourceCount !== null && (
                  <span>
                    <Badge kind="waiting">{t('entityTypes.reads')}</Badge>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
