// The console's texts stand in files by area and are one catalogue when they are loaded: a key that stands twice would say in one area
// what is meant in another.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const directory = join(import.meta.dirname, '..', 'console', 'src', 'texts');

test('no key stands in two areas', () => {
  const keys = readdirSync(directory).flatMap((file) =>
    [...readFileSync(join(directory, file), 'utf8').matchAll(/^ {2}'([^']+)':/gm)].map(([, key]) => key),
  );
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  expect(keys.length).toBeGreaterThan(500);
  expect(twice).toEqual([]);
});
