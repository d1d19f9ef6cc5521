// Faults that change the tenant between two pages: an object changes while it is paged, a group grows huge.
import type { Effects } from './faults/effects.ts';
import type { GraphRequest } from './graph/exchange.ts';
import { resourceSets } from './graph/resource-sets.ts';
import type { Directory } from './tenant/directory.ts';
import { type DirectoryObject, isLive, targetsOf } from './tenant/directory-object.ts';

/** Applies what a request's effects do to the tenant before the answer is made. */
export function disturb(effects: Effects, request: GraphRequest): void {
  if (effects.changes !== undefined) changeObjects(request, effects.changes);
  if (effects.hugeGroup) fillGroup(request.directory, effects.hugeGroup.members, effects.hugeGroup.group);
}

/** Changes the last objects of the asked collection: they are on the page that is asked for, or still to come. */
function changeObjects(request: GraphRequest, count: number): void {
  const path = request.path.toLowerCase();
  const set = resourceSets.find((candidate) => path.startsWith(`/${candidate.path.toLowerCase()}`));
  const { places } = request.directory.list(set?.type ?? 'user');
  let changed = 0;
  for (let place = places.length - 1; place >= 0 && changed < count; place--) {
    const object = places[place];
    if (!object || !isLive(object)) continue;
    const name = String(object.values.displayName ?? object.id).replace(/ \(changed \d+\)$/, '');
    request.directory.update(object, { displayName: `${name} (changed ${request.directory.tx + 1})` });
    changed++;
  }
}

/** Links users, then devices, to a group until it has so many members; the first group when none is named. */
function fillGroup(directory: Directory, members: number, id: string | undefined): void {
  const group = id === undefined ? firstStaticGroup(directory) : directory.find(id);
  if (group?.type !== 'group') return;
  const links = targetsOf(group, 'members');
  for (const type of ['user', 'device', 'orgContact', 'servicePrincipal'] as const) {
    for (const object of directory.list(type).places) {
      if (links.size >= members) return;
      if (object && isLive(object)) directory.link(group, 'members', object);
    }
  }
  for (let number = links.size; number < members; number++) {
    const device = directory.insert('device', crypto.randomUUID(), {
      deviceId: crypto.randomUUID(),
      displayName: `FILL-${number}`,
      accountEnabled: true,
    });
    directory.link(group, 'members', device);
  }
}

function firstStaticGroup(directory: Directory): DirectoryObject | undefined {
  return directory
    .list('group')
    .places.find(
      (group) =>
        group &&
        isLive(group) &&
        group.values.mailEnabled !== true &&
        !(group.values.groupTypes as readonly string[] | undefined)?.includes('DynamicMembership'),
    );
}
