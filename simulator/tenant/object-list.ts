// All objects of one type in the order of their creation. Places are stable like those of a link set; the list also
// remembers, for each run of neighbouring places, when something there last changed, so that a rendered page can be
// served again as long as nothing on it moved.
import type { DirectoryObject } from './directory-object.ts';

const placesPerChunk = 128;

export class ObjectList {
  readonly places: (DirectoryObject | undefined)[] = [];
  /** Objects present, live and soft-deleted. */
  size = 0;
  readonly #chunkTx: number[] = [];

  add(object: DirectoryObject, tx: number): void {
    object.slot = this.places.length;
    this.places.push(object);
    this.size++;
    this.touch(object.slot, tx);
  }

  remove(object: DirectoryObject, tx: number): void {
    this.places[object.slot] = undefined;
    this.touch(object.slot, tx);
    this.size--;
    object.slot = -1;
  }

  /** Notes that what stands at this place changed with transaction `tx`. */
  touch(place: number, tx: number): void {
    this.#chunkTx[Math.floor(place / placesPerChunk)] = tx;
  }

  /** The last transaction that changed anything from place `from` up to but not including `to`. */
  lastChange(from: number, to: number): number {
    let last = 0;
    const end = Math.floor((to - 1) / placesPerChunk);
    for (let chunk = Math.floor(from / placesPerChunk); chunk <= end; chunk++) {
      last = Math.max(last, this.#chunkTx[chunk] ?? 0);
    }
    return last;
  }
}
