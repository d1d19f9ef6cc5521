// An ordered set of link targets. Order is that of insertion and a place, once given, stays: a page token that says
// "from place n" neither skips nor repeats a member when others come and go meanwhile.
/** Below this size a search along the array is quicker and smaller than a map. */
const indexedFrom = 32;

export class LinkSet<Target> {
  /** Places; undefined where a target was removed. */
  places: (Target | undefined)[] = [];
  size = 0;
  /** Number of the last transaction that changed the set or one of its targets. */
  changedTx = 0;
  #index: Map<Target, number> | undefined;

  has(target: Target): boolean {
    return this.#placeOf(target) !== -1;
  }

  /** False when the target was there already. */
  add(target: Target): boolean {
    if (this.has(target)) return false;
    this.places = append(this.places, target);
    this.size++;
    this.#index?.set(target, this.places.length - 1);
    return true;
  }

  /** False when the target was not there. */
  delete(target: Target): boolean {
    const place = this.#placeOf(target);
    if (place === -1) return false;
    this.places[place] = undefined;
    this.size--;
    this.#index?.delete(target);
    return true;
  }

  *[Symbol.iterator](): Iterator<Target> {
    for (const target of this.places) if (target) yield target;
  }

  first(): Target | undefined {
    return this.places.find((target) => target !== undefined);
  }

  #placeOf(target: Target): number {
    if (!this.#index && this.places.length >= indexedFrom) this.#buildIndex();
    return this.#index ? (this.#index.get(target) ?? -1) : this.places.indexOf(target);
  }

  #buildIndex(): void {
    this.#index = new Map();
    for (const [place, target] of this.places.entries()) if (target) this.#index.set(target, place);
  }
}

/** Above this length an array may reserve room for growth; below it, a million arrays cannot afford to. */
const exactUpTo = 12;

/** The items with one more at the end: a new array of just that length while it is short, the same one later. */
export function append<T>(items: T[], item: T): T[] {
  const { length } = items;
  if (length >= exactUpTo) {
    items.push(item);
    return items;
  }
  const grown = new Array<T>(length + 1);
  for (let place = 0; place < length; place++) grown[place] = items[place]!;
  grown[length] = item;
  return grown;
}
