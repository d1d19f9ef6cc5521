// An ordered set of link targets. Order is that of insertion and a place, once given, stays: a page token that says
// "from place n" neither skips nor repeats a member when others come and go meanwhile.
import type { DirectoryObject } from './directory-object.ts';

/** Below this size a search along the array is quicker and smaller than a map. */
const indexedFrom = 32;

export class LinkSet {
  /** Places; undefined where a target was removed. */
  places: (DirectoryObject | undefined)[] = [];
  size = 0;
  /** Number of the last transaction that changed the set or one of its targets. */
  changedTx = 0;
  #index: Map<DirectoryObject, number> | undefined;

  has(target: DirectoryObject): boolean {
    return this.#placeOf(target) !== -1;
  }

  /** False when the target was there already. */
  add(target: DirectoryObject): boolean {
    if (this.has(target)) return false;
    this.places.push(target);
    this.size++;
    this.#index?.set(target, this.places.length - 1);
    return true;
  }

  /** False when the target was not there. */
  delete(target: DirectoryObject): boolean {
    const place = this.#placeOf(target);
    if (place === -1) return false;
    this.places[place] = undefined;
    this.size--;
    this.#index?.delete(target);
    return true;
  }

  *[Symbol.iterator](): Iterator<DirectoryObject> {
    for (const target of this.places) if (target) yield target;
  }

  first(): DirectoryObject | undefined {
    return this.places.find((target) => target !== undefined);
  }

  /** Gives back what the set reserved for growth; the index is built again when it is needed. */
  compact(): void {
    this.places = this.places.slice();
    this.#index = undefined;
  }

  #placeOf(target: DirectoryObject): number {
    if (!this.#index && this.places.length >= indexedFrom) this.#buildIndex();
    return this.#index ? (this.#index.get(target) ?? -1) : this.places.indexOf(target);
  }

  #buildIndex(): void {
    this.#index = new Map();
    for (const [place, target] of this.places.entries()) if (target) this.#index.set(target, place);
  }
}
