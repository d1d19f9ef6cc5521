// A tenant for tests: first objects, generated users, a clock that stands still.
import { type Clock, manualClock } from '../clock.ts';
import { createDirectory, type Directory } from './directory.ts';
import { type DirectoryObject, isLive, type ObjectType, targetsOf } from './directory-object.ts';
import { createFirstObjects, type FirstObjects, tenantIdOf } from './first-objects.ts';
import { type GenerateOptions, generateTenant } from './generate.ts';
import { createRandom } from './random.ts';

const startMs = Date.UTC(2026, 5, 1);

export interface TestTenant {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly first: FirstObjects;
}

export function createTestTenant(users: number, sizes: Partial<GenerateOptions> = {}): TestTenant {
  const { seed = 7, now = new Date(startMs) } = sizes;
  const clock = manualClock(now.getTime());
  const random = createRandom(seed);
  const directory = createDirectory(tenantIdOf(random), clock);
  const first = createFirstObjects(directory, { random });
  generateTenant(directory, { users, seed, now, ...sizes });
  return { directory, clock, first };
}

export function liveObjects(directory: Directory, type: ObjectType): DirectoryObject[] {
  return directory
    .list(type)
    .places.filter((object) => object !== undefined && isLive(object)) as DirectoryObject[];
}

export function liveMembers(collection: DirectoryObject): DirectoryObject[] {
  return [...targetsOf(collection, 'members')].filter(isLive);
}
