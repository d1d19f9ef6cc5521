// The net effect of a stretch of the change log, object by object: what a round of changes reports.
import type { ChangeLog } from '../../tenant/change-log.ts';
import type { DirectoryObject, LinkKind } from '../../tenant/directory-object.ts';

export interface ObjectChange {
  readonly object: DirectoryObject;
  /** Created or restored: reported whole, like in a first round. Whether it was deleted is asked of the object. */
  readonly isNew: boolean;
  readonly properties: ReadonlySet<string>;
  /** Targets that were linked or unlinked, each once; what holds now is asked of the directory. */
  readonly links: ReadonlyMap<LinkKind, readonly DirectoryObject[]>;
}

interface Draft {
  readonly object: DirectoryObject;
  isNew: boolean;
  readonly properties: Set<string>;
  readonly links: Map<LinkKind, Set<DirectoryObject>>;
  /** Number of the object's last change within the stretch. */
  last: number;
}

/** Changes after one transaction up to another, in the order of each object's last change. */
export function summarize(log: ChangeLog, afterTx: number, untilTx: number): readonly ObjectChange[] {
  const drafts = new Map<DirectoryObject, Draft>();
  let count = 0;
  for (const change of log.between(afterTx, untilTx)) {
    const { object } = change;
    let draft = drafts.get(object);
    if (!draft) {
      draft = { object, isNew: false, properties: new Set(), links: new Map(), last: 0 };
      drafts.set(object, draft);
    }
    draft.last = count++;
    switch (change.kind) {
      case 'created':
      case 'restored':
        draft.isNew = true;
        break;
      case 'updated':
        for (const property of change.properties) draft.properties.add(property);
        break;
      case 'linked':
      case 'unlinked': {
        const targets = draft.links.get(change.link) ?? new Set();
        draft.links.set(change.link, targets.add(change.target));
        break;
      }
    }
  }
  return [...drafts.values()]
    .sort((a, b) => a.last - b.last)
    .map(({ object, isNew, properties, links }) => ({
      object,
      isNew,
      properties,
      // Arrays, because a page goes on at an index, among half a million of them if need be.
      links: new Map([...links].map(([kind, targets]) => [kind, [...targets]])),
    }));
}
