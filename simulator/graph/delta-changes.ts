// The net effect of a stretch of the change log, object by object: what a round of changes reports.
import type { ChangeLog } from '../tenant/change-log.ts';
import type { DirectoryObject, LinkKind } from '../tenant/directory-object.ts';

export interface ObjectChange {
  readonly object: DirectoryObject;
  /** Created or restored: reported whole, like in a first round. */
  isNew: boolean;
  /** Deleted or purged within the stretch. */
  isGone: boolean;
  readonly properties: Set<string>;
  /** Targets that were linked or unlinked; what holds now is asked of the directory. */
  readonly links: Map<LinkKind, Set<DirectoryObject>>;
}

/** Changes after one transaction up to another, in the order of each object's last change. */
export function summarize(log: ChangeLog, afterTx: number, untilTx: number): readonly ObjectChange[] {
  const byObject = new Map<DirectoryObject, ObjectChange>();
  for (const change of log.between(afterTx, untilTx)) {
    const { object } = change;
    const entry = byObject.get(object) ?? {
      object,
      isNew: false,
      isGone: false,
      properties: new Set<string>(),
      links: new Map<LinkKind, Set<DirectoryObject>>(),
    };
    byObject.delete(object);
    byObject.set(object, entry);
    switch (change.kind) {
      case 'created':
      case 'restored':
        entry.isNew = true;
        break;
      case 'deleted':
      case 'purged':
        entry.isGone = true;
        break;
      case 'updated':
        for (const property of change.properties) entry.properties.add(property);
        break;
      case 'linked':
      case 'unlinked': {
        const targets = entry.links.get(change.link) ?? new Set();
        entry.links.set(change.link, targets.add(change.target));
        break;
      }
    }
  }
  return [...byObject.values()];
}
