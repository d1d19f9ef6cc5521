import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { readCommentedJson } from './commented-json.ts';
import { type Follow, followSection } from './follow-settings.ts';
import { readSection } from './section.ts';

function read(settings: unknown): Follow | string {
  const place = { sourceOf: () => 'a.json', path: ['Follow'] };
  try {
    return readSection(followSection({}), readCommentedJson(JSON.stringify(settings), 'a.json'), place);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

describe('Follow', () => {
  test.each<[object, Follow]>([
    [{}, { floorSeconds: 15, ceilingSeconds: 900 }],
    [
      { FloorSeconds: 5, CeilingSeconds: 300 },
      { floorSeconds: 5, ceilingSeconds: 300 },
    ],
    [
      { FloorSeconds: '5', CeilingSeconds: ' 300 ' },
      { floorSeconds: 5, ceilingSeconds: 300 },
    ],
    [{ CeilingSeconds: 10 }, { floorSeconds: 10, ceilingSeconds: 10 }],
    [{ FloorSeconds: 3600 }, { floorSeconds: 3600, ceilingSeconds: 3600 }],
    [
      { NotificationUrl: 'https://sync.contoso.com/' },
      { floorSeconds: 15, ceilingSeconds: 900, notificationUrl: 'https://sync.contoso.com' },
    ],
    [
      { NotificationUrl: 'http://localhost:5080/notify' },
      { floorSeconds: 15, ceilingSeconds: 900, notificationUrl: 'http://localhost:5080/notify' },
    ],
  ])('%j is accepted', (settings, follow) => {
    expect(read(settings)).toEqual(follow);
  });

  test.each<[unknown, string]>([
    [
      { FloorSeconds: 60, CeilingSeconds: 30 },
      'a.json: Follow > FloorSeconds is 60, which is more than the CeilingSeconds of 30: make it smaller, or CeilingSeconds larger.',
    ],
    [{ FloorSeconds: 0 }, 'a.json: Follow > FloorSeconds is 0: write a whole number from 1 to 86,400.'],
    [{ CeilingSeconds: 1.5 }, 'CeilingSeconds is 1.5: write a whole number'],
    [{ CeilingSeconds: 86401 }, 'CeilingSeconds is 86401: write a whole number'],
    [{ CeilingSeconds: 'soon' }, 'CeilingSeconds is "soon": write a whole number'],
    [{ CeilingSeconds: [] }, 'CeilingSeconds is no number: write a whole number'],
    [{ CeilingSeconds: '${PAUSE}' }, 'names the environment variable PAUSE, which is not set'],
    [{ NotificationUrl: 'http://sync.contoso.com' }, 'which is not encrypted'],
    [{ NotificationUrl: 'https://sync.contoso.com/?a' }, 'which has a ? in it'],
    [{ NotificationUrl: 'sync.contoso.com' }, 'which is no URL'],
    [{ FloorSecond: 1 }, 'did you mean FloorSeconds?'],
    ['Off', 'Follow is no section'],
  ])('%j is refused', (settings, words) => {
    expect(read(settings)).toContain(words);
  });

  test('never has a floor above its ceiling', () => {
    const seconds = fc.option(fc.integer({ min: -5, max: 100_000 }), { nil: undefined });
    fc.assert(
      fc.property(seconds, seconds, (FloorSeconds, CeilingSeconds) => {
        const follow = read({ FloorSeconds, CeilingSeconds });
        if (typeof follow === 'string') {
          expect(follow).toMatch(/^a\.json: Follow > .*\.$/);
          return;
        }
        expect(follow.floorSeconds).toBeLessThanOrEqual(follow.ceilingSeconds);
        expect(follow.floorSeconds).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
