// What every kind of change needs: the directory, the seeded randomness, and quick ways to come across an object.
import { graphInstant } from '../clock.ts';
import type { Directory } from './directory.ts';
import { type DirectoryObject, isLive, type ObjectType } from './directory-object.ts';
import { createRandom, type Random } from './random.ts';

/** Each change answers whether it found something to change. */
export type Changes<Kind extends string> = Record<Kind, () => boolean>;

export interface ChurnContext {
  readonly directory: Directory;
  readonly random: Random;
  /** The present, as Graph writes it. */
  readonly now: () => string;
  /** Some live object of the type that fits, if one is met in a few draws. */
  readonly pick: (
    type: ObjectType,
    isWanted?: (object: DirectoryObject) => boolean,
  ) => DirectoryObject | undefined;
  /** Some place of the list that is taken and fits, if one is met in a few draws. */
  readonly pickFrom: (
    places: readonly (DirectoryObject | undefined)[],
    isWanted?: (object: DirectoryObject) => boolean,
  ) => DirectoryObject | undefined;
  /** A number for a new object of the type that none before it had. */
  readonly nextNumber: (type: ObjectType) => number;
}

const mostDraws = 30;

export function createChurnContext(directory: Directory, seed: number): ChurnContext {
  const random = createRandom(seed).stream('churn');
  const pickFrom: ChurnContext['pickFrom'] = (places, isWanted = () => true) => {
    if (places.length === 0) return undefined;
    for (let draw = 0; draw < mostDraws; draw++) {
      const object = random.pick(places);
      if (object && isWanted(object)) return object;
    }
    return undefined;
  };
  return {
    directory,
    random,
    now: () => graphInstant(directory.clock.now()),
    pickFrom,
    pick: (type, isWanted = () => true) =>
      pickFrom(directory.list(type).places, (object) => isLive(object) && isWanted(object)),
    nextNumber: (type) => directory.list(type).places.length,
  };
}
