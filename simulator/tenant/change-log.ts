// What happened in the directory, in order, numbered by transaction: the memory that delta queries read.
import type { DirectoryObject, LinkKind } from './directory-object.ts';

export type Change =
  | {
      readonly tx: number;
      readonly at: number;
      readonly object: DirectoryObject;
      readonly kind: 'created' | 'deleted' | 'restored' | 'purged';
    }
  | {
      readonly tx: number;
      readonly at: number;
      readonly object: DirectoryObject;
      readonly kind: 'updated';
      readonly properties: readonly string[];
    }
  | {
      readonly tx: number;
      readonly at: number;
      /** The link's source. */
      readonly object: DirectoryObject;
      readonly kind: 'linked' | 'unlinked';
      readonly link: LinkKind;
      readonly target: DirectoryObject;
    };

export class ChangeLog {
  #changes: Change[] = [];
  #watcher: (() => void) | undefined;

  append(change: Change): void {
    this.#changes.push(change);
    this.#watcher?.();
  }

  /** Calls `onChange` after the next change, once. Who watched before does so no more. */
  watchNext(onChange: () => void): void {
    this.#watcher = () => {
      this.#watcher = undefined;
      onChange();
    };
  }

  /** Ends watching. */
  unwatch(): void {
    this.#watcher = undefined;
  }

  /** Changes with a number above `afterTx` up to and including `untilTx`. */
  *between(afterTx: number, untilTx: number): Iterable<Change> {
    for (let index = this.#firstAfter(afterTx); index < this.#changes.length; index++) {
      const change = this.#changes[index];
      if (!change || change.tx > untilTx) return;
      yield change;
    }
  }

  /** Forgets what happened before this instant; delta tokens from before it have expired by then. */
  forgetBefore(instantMs: number): void {
    const keepFrom = this.#changes.findIndex((change) => change.at >= instantMs);
    if (keepFrom === -1) this.#changes = [];
    else if (keepFrom > 0) this.#changes.splice(0, keepFrom);
  }

  get length(): number {
    return this.#changes.length;
  }

  #firstAfter(tx: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.tx ?? 0) > tx) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
