/** Which limits a new configuration raises or takes away, so that nobody deploys that without seeing it. Pure. */
import { type Guards, noThresholds, type Thresholds } from '../model/guard.ts';
import type { AttributeChange } from './compare-configurations.ts';
import type { EngineConfiguration } from './engine-configuration.ts';
import { defaultOf } from './known-elements.ts';

/** A limit that holds less back than before; `after` is 0 where there is none any more. */
export type LoosenedGuard = Readonly<{
  connector: string;
  /** `resources`, `links`, an entity type, or a kind of link such as `group.members`. */
  scope: string;
  limit: keyof Thresholds;
  before: number;
  after: number;
}>;

/** Every limit of connectors that stay. */
export function loosenedGuards(
  before: Pick<EngineConfiguration, 'guards'> | undefined,
  after: Pick<EngineConfiguration, 'guards'>,
): readonly LoosenedGuard[] {
  return Object.entries(before?.guards ?? {}).flatMap(([connector, guards]) => {
    const fresh = after.guards[connector];
    if (fresh === undefined) return [];
    const scopes = scopesOf(fresh);
    return [...scopesOf(guards)].flatMap(([scope, thresholds]) =>
      limitsOf(thresholds).flatMap(([limit, value]) => {
        const next = (scopes.get(scope) ?? noThresholds)[limit];
        return isLooser(value, next) ? { connector, scope, limit, before: value, after: next } : [];
      }),
    );
  });
}

/** Whether an attribute of an element of this kind is a limit that holds less back than before. */
export function isLoosened(kind: string, { name, before, after }: AttributeChange): boolean {
  if (!/^Max/.test(name)) return false;
  const value = (text: string | undefined) => Number(text ?? defaultOf(kind, name) ?? 0);
  return isLooser(value(before), value(after));
}

/** 0 is no limit at all. */
function isLooser(before: number, after: number): boolean {
  return before !== 0 && (after === 0 || after > before);
}

function scopesOf({ resources, links, entityTypes, associations }: Guards): ReadonlyMap<string, Thresholds> {
  return new Map([
    ['resources', resources],
    ['links', links],
    ...Object.entries(entityTypes),
    ...Object.entries(associations),
  ]);
}

function limitsOf(thresholds: Thresholds): [keyof Thresholds, number][] {
  return Object.entries(thresholds) as [keyof Thresholds, number][];
}
