// Faults that change the tenant just before an answer is made: objects change while they are paged, a group grows huge.
import type { Effects } from './faults/effects.ts';
import type { Fault } from './faults/fault.ts';
import type { GraphRequest } from './graph/exchange.ts';
import { relationOf } from './graph/reads/relations.ts';
import { resourceSets } from './graph/resource-sets.ts';
import { splitPath } from './graph/route.ts';
import type { Directory } from './tenant/directory.ts';
import { type DirectoryObject, isLive, targetsOf } from './tenant/directory-object.ts';
import { securityGroup } from './tenant/generate-group-values.ts';
import { createRandom } from './tenant/random.ts';
import { UnusableInput } from './unusable-input.ts';

/** Applies what a request's effects do to the tenant before the answer is made. */
export function disturb(effects: Effects, request: GraphRequest): void {
  if (effects.changes !== undefined) changeObjects(request, effects.changes);
  if (effects.hugeGroup) fillGroup(request.directory, effects.hugeGroup.members, effects.hugeGroup.group);
}

/** Throws an `UnusableInput` for a fault that names a group which the tenant does not have. */
export function requireKnownGroups(faults: readonly Fault[], directory: Directory): void {
  for (const fault of faults) {
    if (fault.kind !== 'hugeGroup' || fault.group === undefined) continue;
    if (directory.find(fault.group)?.type === 'group') continue;
    throw new UnusableInput(
      `The fault hugeGroup names the group "${fault.group}", which this tenant does not have: give the id of one of its groups, or leave "group" out.`,
    );
  }
}

/** Changes the last objects of the asked collection: they are on the page that is asked for, or still to come. */
function changeObjects(request: GraphRequest, count: number): void {
  const places = askedPlaces(request);
  let changed = 0;
  for (let place = places.length - 1; place >= 0 && changed < count; place--) {
    const object = places[place];
    if (!object || !isLive(object)) continue;
    const name = String(object.values.displayName ?? object.id).replace(/ \(changed \d+\)$/, '');
    request.directory.update(object, { displayName: `${name} (changed ${request.directory.tx + 1})` });
    changed++;
  }
}

/** What the request pages through: the targets of a relationship, or the objects of a type. */
function askedPlaces({
  path,
  parameters,
  directory,
}: GraphRequest): readonly (DirectoryObject | undefined)[] {
  const object = directory.find(parameters.id ?? '');
  if (object) {
    for (const segment of splitPath(path).toReversed()) {
      const relation = relationOf(object.type, segment);
      if (relation) return relation.placesOf(object, directory);
    }
  }
  const asked = path.toLowerCase();
  const set = resourceSets.find(({ path: root, aliases }) =>
    [root, ...aliases].some((name) => asked.startsWith(`/${name.toLowerCase()}`)),
  );
  return directory.list(set?.type ?? 'user').places;
}

/** Links users, other objects and then new devices to a group until so many live objects are in it. */
function fillGroup(directory: Directory, members: number, id: string | undefined): void {
  const group = id === undefined ? plainGroup(directory) : directory.find(id);
  if (group?.type !== 'group') return;
  let missing =
    members - targetsOf(group, 'members').places.filter((member) => member && isLive(member)).length;
  for (const type of ['user', 'device', 'orgContact', 'servicePrincipal'] as const) {
    for (const object of directory.list(type).places) {
      if (missing <= 0) return;
      if (object && isLive(object) && directory.link(group, 'members', object)) missing--;
    }
  }
  // The transaction makes the ids others than those of a group that was filled before.
  const random = createRandom(`huge group ${group.id} ${directory.tx}`);
  for (; missing > 0; missing--) {
    const device = directory.insert('device', random.guid(), {
      deviceId: random.guid(),
      displayName: `FILL-${missing}`,
      accountEnabled: true,
    });
    directory.link(group, 'members', device);
  }
}

/** The first group whose members people manage; a tenant without one gets one. */
function plainGroup(directory: Directory): DirectoryObject {
  const existing = directory
    .list('group')
    .places.find(
      (group) =>
        group &&
        isLive(group) &&
        group.values.mailEnabled !== true &&
        !(group.values.groupTypes as readonly string[] | undefined)?.includes('DynamicMembership'),
    );
  if (existing) return existing;
  const random = createRandom('huge group');
  const id = random.guid();
  return directory.insert('group', id, securityGroup(random, 'Everything', 'All that there is.'));
}
