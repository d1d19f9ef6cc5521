import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function draw(seed: number | string, count = 50) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.word());
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw('a/b')).not.toEqual(draw('a/c'));
});

test('a stream does not depend on what was drawn before it', () => {
  const early = createRandom(5).stream('users').guid();
  const random = createRandom(5);
  random.guid();
  expect(random.stream('users').guid()).toBe(early);
  expect(random.stream('devices').guid()).not.toBe(early);
});

test('GUIDs are of version 4, in lower case, and differ', () => {
  const random = createRandom(9);
  const guids = Array.from({ length: 20_000 }, () => random.guid());
  expect(guids.every((text) => guid.test(text))).toBe(true);
  expect(new Set(guids).size).toBe(guids.length);
});

test('numbers below an end are spread evenly and stay below it', () => {
  const random = createRandom(3);
  const counts = Array<number>(10).fill(0);
  for (let draws = 0; draws < 100_000; draws++) counts[random.below(10)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  expect(random.chance(0)).toBe(false);
  expect(random.chance(1)).toBe(true);
});
