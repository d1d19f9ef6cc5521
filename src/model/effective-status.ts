/**
 * Whether an identity is active at a moment: its status is one thing, the dates between which that counts another (PingOne Advanced
 * Identity Cloud, properties accountStatus, activeDate and inactiveDate).
 */
import type { Attributes } from './entity-type.ts';

export const effectiveStates = ['active', 'inactive', 'not-yet-active', 'no-longer-active'] as const;
export type EffectiveState = (typeof effectiveStates)[number];

export type EffectiveStatus = Readonly<{
  state: EffectiveState;
  /** When it becomes another one by itself; null where nothing but a change does that. */
  until: Date | null;
}>;

/** The status of an identity at a moment. Who has none is active; a date that cannot be read counts for none. */
export function effectiveStatusAt(
  { accountStatus, activeDate, inactiveDate }: Attributes,
  now: Date,
): EffectiveStatus {
  const begins = readDate(activeDate);
  const ends = readDate(inactiveDate);
  if (typeof accountStatus === 'string' && accountStatus.toLowerCase() !== 'active') {
    return { state: 'inactive', until: null };
  }
  if (ends !== undefined && ends <= now) return { state: 'no-longer-active', until: null };
  if (begins !== undefined && begins > now) {
    // Where the end is before the beginning, it is never active.
    const turns = ends === undefined || begins < ends ? begins : ends;
    return { state: 'not-yet-active', until: turns };
  }
  return { state: 'active', until: ends ?? null };
}

/** Whether it is worth asking at all: who has neither another status nor dates is active at every moment. */
export function isAlwaysActive({ accountStatus, activeDate, inactiveDate }: Attributes): boolean {
  const isActive = typeof accountStatus !== 'string' || accountStatus.toLowerCase() === 'active';
  return isActive && readDate(activeDate) === undefined && readDate(inactiveDate) === undefined;
}

function readDate(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
