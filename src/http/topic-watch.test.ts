import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Topic } from '../model/topics.ts';
import { openTopicWatch } from './topic-watch.ts';

const pollMs = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A look-out over a number, which may be away like a database. */
function openOverNumber() {
  const world = { number: 0, isAway: false, looks: 0 };
  const watch = openTopicWatch<number>({
    read: async () => {
      world.looks += 1;
      if (world.isAway) throw new Error('away');
      return world.number;
    },
    compare: (before, after) => new Set<Topic>(before === after ? [] : ['runs']),
    pollMs,
  });
  return { watch, world };
}

test('however many listen, it looks once, and tells them all', async () => {
  const { watch, world } = openOverNumber();
  let told = 0;
  await Promise.all(Array.from({ length: 50 }, () => watch.listen(() => told++)));
  expect(world.looks).toBe(1);
  world.number = 1;
  await vi.advanceTimersByTimeAsync(pollMs);
  expect([world.looks, told]).toEqual([2, 50]);
});

test('it looks only while somebody listens', async () => {
  const { watch, world } = openOverNumber();
  const stop = await watch.listen(() => {});
  await vi.advanceTimersByTimeAsync(3 * pollMs);
  expect(world.looks).toBe(4);
  stop();
  // The one that was planned.
  await vi.advanceTimersByTimeAsync(pollMs);
  const { looks } = world;
  await vi.advanceTimersByTimeAsync(60 * pollMs);
  expect(world.looks).toBe(looks);
});

test('what changed while nobody listened is no news to the next one', async () => {
  const { watch, world } = openOverNumber();
  const stop = await watch.listen(() => {});
  stop();
  await vi.advanceTimersByTimeAsync(2 * pollMs);
  world.number = 1;
  let told = 0;
  await watch.listen(() => told++);
  await vi.advanceTimersByTimeAsync(3 * pollMs);
  expect(told).toBe(0);
  world.number = 2;
  await vi.advanceTimersByTimeAsync(pollMs);
  expect(told).toBe(1);
});

test('a database that is away for a while costs no change', async () => {
  const { watch, world } = openOverNumber();
  let told = 0;
  await watch.listen(() => told++);
  world.isAway = true;
  world.number = 1;
  await vi.advanceTimersByTimeAsync(3 * pollMs);
  expect(told).toBe(0);
  world.isAway = false;
  await vi.advanceTimersByTimeAsync(pollMs);
  expect(told).toBe(1);
});

test('whoever listens while the database is away is told so', async () => {
  const { watch, world } = openOverNumber();
  world.isAway = true;
  await expect(watch.listen(() => {})).rejects.toThrow('away');
  world.isAway = false;
  await watch.listen(() => {});
});
