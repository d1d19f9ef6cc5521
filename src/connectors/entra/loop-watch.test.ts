import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLoopWatch } from './loop-watch.ts';

const page = (name: string) => [{ key: name }];

test('a circle of any length behind any beginning is noticed within a few rounds', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 100 }), (beginning, length) => {
      const isCircle = createLoopWatch();
      const place = (step: number) =>
        String(step < beginning ? step : beginning + ((step - beginning) % length));
      let step = 0;
      while (!isCircle(page(place(step)), place(step + 1))) step += 1;
      expect(step).toBeGreaterThanOrEqual(beginning);
      expect(step).toBeLessThan(4 * (beginning + length) + 4);
    }),
  );
});

test('a circle behind ever new links is noticed by what is on the pages', () => {
  const isCircle = createLoopWatch();
  let step = 0;
  while (!isCircle(page(String(step % 5)), `link ${step}`)) step += 1;
  expect(step).toBeLessThan(50);
});

test('pages that come twice are none', () => {
  const isCircle = createLoopWatch();
  for (let step = 0; step < 2000; step++) {
    expect(isCircle(page(String(Math.floor(step / 2))), `link ${step}`)).toBe(false);
  }
});

test('neither are fragments of one group, nor some hundred empty pages', () => {
  const isCircle = createLoopWatch();
  for (let step = 0; step < 500; step++) {
    expect(isCircle([{ key: 'a', linked: { members: { user: [`x${step}`] } } }], `link ${step}`)).toBe(false);
  }
  for (let step = 0; step < 900; step++) expect(isCircle([], `empty ${step}`)).toBe(false);
});

test('empty pages without an end are one', () => {
  const isCircle = createLoopWatch();
  let step = 0;
  while (!isCircle([], `link ${step}`)) step += 1;
  expect(step).toBeLessThan(2000);
});
