import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isGranted, isPermissionPath } from './permissions.ts';

const segments = fc.array(fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/), { minLength: 1, maxLength: 5 });
const toPath = (names: readonly string[]) => `/${names.join('/')}`;

describe('a granted path', () => {
  test('covers itself and all below it, whatever the case', () => {
    fc.assert(
      fc.property(segments, segments, (above, below) => {
        const granted = [toPath(above)];
        expect(isGranted(granted, toPath(above).toUpperCase())).toBe(true);
        expect(isGranted(granted, toPath([...above, ...below]))).toBe(true);
      }),
    );
  });

  test('covers nothing above it, nothing beside it, and no longer name', () => {
    fc.assert(
      fc.property(segments, segments, (above, below) => {
        expect(isGranted([toPath([...above, ...below])], toPath(above))).toBe(false);
        expect(isGranted([toPath(above)], `${toPath(above)}x`)).toBe(false);
      }),
    );
  });

  test('is needed at all', () => {
    expect(isGranted([], '/Jobs')).toBe(false);
  });
});

test('every path can be granted, and the root and what is no path cannot', () => {
  fc.assert(
    fc.property(segments, (names) => {
      expect(isPermissionPath(toPath(names))).toBe(true);
    }),
  );
  for (const text of ['', '/', '//', 'Jobs', '/Jobs/', '/Jobs//Job', '/Jo bs', '/Jobs\n']) {
    expect(isPermissionPath(text)).toBe(false);
  }
});
