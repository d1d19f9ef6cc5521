import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UnusableInput } from '../unusable-input.ts';
import { faultKinds, fieldsOf } from './fault.ts';
import { loadScenario, readFault, readScenario, scenarioNames } from './scenario.ts';

const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof UnusableInput) return error.message;
    throw error;
  }
  return 'was accepted';
};

describe('a scenario file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read with its defaults filled in', () => {
    const path = join(folder, 'good.json');
    writeFileSync(path, '\uFEFF{"faults": [{"kind": "throttle", "retryAfterSeconds": 5}]}');
    expect(loadScenario(path)).toEqual({
      faults: [
        { kind: 'throttle', retryAfterSeconds: 5, match: {}, after: 0, every: 1, times: 1, probability: 1 },
      ],
    });
  });

  test('that is not there is refused with the names of the ready ones', () => {
    const path = join(folder, 'nowhere.json');
    expect(messageOf(() => loadScenario(path))).toBe(
      `The scenario file ${path} cannot be read (ENOENT): give the path of a scenario file or one of bad-week, flaky-network, stale-tokens, throttled.`,
    );
  });

  test.each([
    ['', 's.json is empty, cut off or no JSON at all: give a complete JSON document.'],
    ['nonsense', 's.json is empty, cut off or no JSON at all: give a complete JSON document.'],
    ['{"faults": [', 's.json is empty, cut off or no JSON at all: give a complete JSON document.'],
    [
      '{"faults": [\n  {"kind": "throttle",}\n]}',
      's.json is not valid JSON (line 2 column 23): look there for a missing comma, quote or bracket.',
    ],
    ['[]', 's.json is []: it must be an object.'],
    ['{}', 's.json: faults is missing: it must be a list.'],
    ['{"faults": 3}', 's.json: faults is 3: it must be a list.'],
    ['{"faults": [], "x": 1}', 's.json has a field "x" that is not known there: use faults.'],
    ['{"faults": [null]}', 's.json: faults[0] is null: it must be an object.'],
  ])('%j is refused', (text, message) => {
    expect(messageOf(() => readScenario(text, 's.json'))).toBe(message);
  });

  test.each([
    [
      { kind: 'throttle', retryAfter: 3 },
      'faults[1] has a field "retryAfter" that is not known there: use kind, retryAfterSeconds, match, after, every, times, probability or seed.',
    ],
    [
      { kind: 'throttle', retryAfterSeconds: -1 },
      'faults[1].retryAfterSeconds is -1: it must be at least 0.',
    ],
    [
      { kind: 'throttle', retryAfterSeconds: 0.5 },
      'faults[1].retryAfterSeconds is 0.5: it must be a whole number.',
    ],
    [{ kind: 'throttle', times: 'often' }, 'faults[1].times is "often": it must be a number or "always".'],
    [{ kind: 'throttle', probability: 0 }, 'faults[1].probability is 0: it must be greater than 0.'],
    [
      { kind: 'throttle', match: { path: 'users' } },
      'faults[1].match.path is "users": it must be "token" or a path that starts with "/", such as "/users/delta*".',
    ],
    [
      { kind: 'throttle', match: { method: 'get' } },
      'faults[1].match.method is "get": it must be "GET", "POST", "PATCH", "PUT" or "DELETE".',
    ],
    [
      { kind: 'throttle', match: { url: '/users' } },
      'faults[1].match has a field "url" that is not known there: use method, path or app.',
    ],
    [
      { kind: 'repeatPage', match: { path: 'token' } },
      'faults[1].match.path is "token": it must be a path below the service root, because this kind does not concern the token endpoint.',
    ],
    [
      { kind: 'revokeSecret', match: { path: '/users' } },
      'faults[1].match.path is "/users": it must be "token" or left out, because this kind concerns the token endpoint only.',
    ],
    [
      { kind: 'truncateBody', share: 0.5, afterBytes: 9 },
      'faults[1].share is 0.5: it must be left out where afterBytes is given.',
    ],
    [{ kind: 'slowPage' }, 'faults[1] is {"kind":"slowPage"}: it must have delayMs or bytesPerSecond.'],
    [{ kind: 'htmlError', status: 404 }, 'faults[1].status is 404: it must be 500, 502, 503 or 504.'],
    [
      { kind: 'unknownProperty', as: 'refused' },
      'faults[1].name is missing: it must be the property to refuse.',
    ],
    [{ kind: 'hugeGroup', group: 'x' }, 'faults[1].group is "x": it must be an object id (a GUID).'],
    [{ kind: 'hugeGroup', members: 1e9 }, 'faults[1].members is 1000000000: it must be at most 1000000.'],
  ])('with %j as its second fault is refused', (fault, message) => {
    const text = JSON.stringify({ faults: [{ kind: 'throttle' }, fault] });
    expect(messageOf(() => readScenario(text, 's.json'))).toBe(`s.json: ${message}`);
  });

  test('with an unknown kind is told all kinds', () => {
    const message = messageOf(() => readFault('{"kind": "throtle"}', 'The fault'));
    expect(message).toMatch(/^The fault: kind is "throtle": it must be one of throttle, /);
    for (const kind of Object.keys(faultKinds)) expect(message).toContain(kind);
  });
});

test.each(scenarioNames())('the scenario %s is ready', (name) => {
  expect(loadScenario(name).faults.length).toBeGreaterThan(1);
});

describe('the page about faults', () => {
  const page = readFileSync(new URL('../../docs/simulator-faults.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => text);
  const faults = examples.flatMap((text) =>
    text.includes('"faults"') ? readScenario(text, text).faults : [readFault(text, text)],
  );

  test('has an example of every kind, and every field of a kind in its section', () => {
    for (const kind of Object.keys(faultKinds)) {
      expect(faults.map((fault) => fault.kind)).toContain(kind);
      const section = new RegExp(`\n### ${kind}\n(.*?)\n##`, 's').exec(page)?.[1] ?? '';
      const shared = ['kind', 'match', 'after', 'every', 'times', 'probability', 'seed'];
      for (const field of fieldsOf(kind) ?? []) {
        if (!shared.includes(field)) expect(section, `${kind}.${field}`).toContain(`\`${field}\``);
      }
    }
  });

  test('names every ready scenario', () => {
    for (const name of scenarioNames()) expect(page).toContain(`\`${name}\``);
  });
});
