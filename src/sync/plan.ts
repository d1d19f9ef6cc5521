/** Which set an entity type gets next. Pure: what is stored and what was asked for decide. */

/** How far the last set came, with which mapping, and why the next one has to be a full one all the same. */
export type Reached = Readonly<{ mapping: string | null; cookie: string | null; fullReason: string | null }>;

/** What is known before an entity type is read. */
export type Situation = Readonly<{
  /** Why everything is to be read, whatever the cookie says; undefined where changes will do. */
  fullReason: string | undefined;
  /** The mapping as it is wanted now. */
  mapping: string;
  reached: Reached;
  /** A set that an earlier run could not finish. */
  unfinished:
    | Readonly<{ state: 'open' | 'complete'; isFull: boolean; mapping: string; position: string | null }>
    | undefined;
}>;

export type SetPlan =
  /** The unfinished set is complete already. */
  | { readonly kind: 'use' }
  /** The unfinished set goes on where it stopped. */
  | { readonly kind: 'resume' }
  /** Whatever is unfinished is dropped, and a set begins: with everything, for the reason given, or with what has changed. */
  | { readonly kind: 'full'; readonly reason: string }
  | { readonly kind: 'incremental'; readonly cookie: string };

export function planSet({ fullReason, mapping, reached, unfinished }: Situation): SetPlan {
  const isFullDue = fullReason !== undefined || reached.fullReason !== null;
  const isUsable = unfinished?.mapping === mapping && (unfinished.isFull || !isFullDue);
  if (isUsable && unfinished.state === 'complete') return { kind: 'use' };
  if (isUsable && unfinished.position !== null) return { kind: 'resume' };
  if (fullReason !== undefined) return { kind: 'full', reason: fullReason };
  if (reached.cookie === null) return { kind: 'full', reason: 'it is the first time' };
  if (reached.mapping !== mapping) return { kind: 'full', reason: 'the mapping has changed' };
  if (reached.fullReason !== null) return { kind: 'full', reason: reached.fullReason };
  return { kind: 'incremental', cookie: reached.cookie };
}
