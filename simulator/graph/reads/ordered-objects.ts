// Objects in the order of a property. Sorting a million is slow, so an order is kept for a while: it belongs to the
// index, which is documented to lag behind the directory.
import type { Directory } from '../../tenant/directory.ts';
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import { propertyValue } from '../property-value.ts';

interface Order {
  readonly property: string;
  readonly isDescending: boolean;
}

interface Sorted {
  readonly objects: readonly DirectoryObject[];
  readonly tx: number;
  readonly sortedAtMs: number;
}

/** Below this many places an order is made anew after every change. */
const largeList = 50_000;
/** How long a large order may lag behind. */
const lagMs = 10_000;
const kept = 8;

const recent = new WeakMap<Directory, Map<string, Sorted>>();

/** All objects of the list, ordered without case, ids deciding between equals; missing values first. */
export function orderedObjects(
  directory: Directory,
  list: { readonly path: string; readonly places: readonly (DirectoryObject | undefined)[] },
  order: Order,
): readonly DirectoryObject[] {
  const orders = recent.get(directory) ?? new Map<string, Sorted>();
  recent.set(directory, orders);
  const key = `${list.path} ${order.property} ${order.isDescending}`;
  const known = orders.get(key);
  const mayLag = list.places.length >= largeList && known && Date.now() - known.sortedAtMs < lagMs;
  if (known && (known.tx === directory.tx || mayLag)) return known.objects;
  const objects = sort(list.places, order);
  orders.delete(key);
  orders.set(key, { objects, tx: directory.tx, sortedAtMs: Date.now() });
  const oldest = orders.size > kept ? orders.keys().next().value : undefined;
  if (oldest !== undefined) orders.delete(oldest);
  return objects;
}

/** Index of the first object behind the given key and id. */
export function seekAfter(
  objects: readonly DirectoryObject[],
  order: Order,
  after: readonly [key: string, id: string],
): number {
  const [key, id] = [after[0].toLowerCase(), after[1]];
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const object = objects[middle]!;
    const difference = compare(sortKey(object, order.property), object.id, key, id);
    if ((order.isDescending ? -difference : difference) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sort(places: readonly (DirectoryObject | undefined)[], order: Order): DirectoryObject[] {
  const sign = order.isDescending ? -1 : 1;
  return places
    .filter((object) => object !== undefined)
    .map((object) => ({ object, key: sortKey(object, order.property) }))
    .sort((a, b) => sign * compare(a.key, a.object.id, b.key, b.object.id))
    .map(({ object }) => object);
}

function sortKey(object: DirectoryObject, property: string): string {
  return String(propertyValue(object, property) ?? '').toLowerCase();
}

function compare(keyA: string, idA: string, keyB: string, idB: string): number {
  if (keyA !== keyB) return keyA < keyB ? -1 : 1;
  return idA < idB ? -1 : idA > idB ? 1 : 0;
}
