import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultGuards, noGuards, noThresholds } from '../model/guard.ts';
import { connectionNamed, loadSettings } from './settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'syncline-guards-'));
const path = join(directory, 'settings.json');

afterAll(() => rmSync(directory, { recursive: true }));

/** The guards of a connection with these settings beside the required ones. */
function guardsOf(settings: object) {
  const required = {
    ApplicationId: '00000000-1111-4222-8333-444444444444',
    ApplicationKey: 'value~of~secret',
    TenantId: 'contoso.com',
  };
  writeFileSync(path, JSON.stringify({ Connections: { Contoso: { ...required, ...settings } } }));
  return connectionNamed(loadSettings({ path, isDefault: false, dataDirectory: directory }, {}), 'Contoso')
    .guards;
}

test('a connection without guards has the usual ones: 100 objects and 5 percent, 1,000 links and 5 percent', () => {
  expect(guardsOf({})).toEqual(defaultGuards);
  expect(defaultGuards.resources).toEqual({
    insertedCount: 100,
    updatedCount: 100,
    deletedCount: 100,
    insertedPercent: 5,
    updatedPercent: 5,
    deletedPercent: 5,
  });
  expect(defaultGuards.links).toEqual({
    ...noThresholds,
    insertedCount: 1000,
    deletedCount: 1000,
    insertedPercent: 5,
    deletedPercent: 5,
  });
});

test('limits that are written take the place of the usual ones; 0 switches one off', () => {
  const Guards = { MaximumInsertedLines: 5000, maximumdeletedlines: 0, MaxLinkPercentageDeletedLines: 50 };
  expect(guardsOf({ Guards })).toEqual({
    ...defaultGuards,
    resources: { ...defaultGuards.resources, insertedCount: 5000, deletedCount: 0 },
    links: { ...defaultGuards.links, deletedPercent: 50 },
  });
});

test('entity types have limits of their own, on their objects and on each kind of their links', () => {
  const { entityTypes, associations } = guardsOf({
    EntityTypes: {
      USER: { MaximumDeletedLines: 10 },
      group: { MaxPercentageUpdatedLines: 20, MaximumLinkDeletedLines: 300 },
    },
  });
  expect(entityTypes).toEqual({
    user: { ...noThresholds, deletedCount: 10 },
    group: { ...noThresholds, updatedPercent: 20 },
  });
  const links = { ...noThresholds, deletedCount: 300 };
  expect(associations).toEqual({ 'group.members': links, 'group.owners': links });
});

test.each(['Off', 'off'])('%j switches all limits off, those of entity types too', (Guards) => {
  expect(guardsOf({ Guards, EntityTypes: { user: { MaximumDeletedLines: 10 } } })).toEqual(noGuards);
});

describe('a mistake is named with its place and the remedy', () => {
  test.each<[object, RegExp]>([
    [{ Guards: 'None' }, /Contoso > Guards is neither a section nor "Off": write \{ .* \}, or leave it out/],
    [{ Guards: false }, /Contoso > Guards is neither a section nor "Off"/],
    [
      { Guards: { MaximumDeletedLines: -1 } },
      /Contoso > Guards > MaximumDeletedLines is -1: write a whole number from 0 to 2,147,483,647\./,
    ],
    [
      { Guards: { MaxPercentageDeletedLines: 2.5 } },
      /MaxPercentageDeletedLines is 2\.5: write a whole number/,
    ],
    [{ Guards: { MaximumDeleteLines: 5 } }, /MaximumDeleteLines .*did you mean MaximumDeletedLines\?/],
    [
      { Guards: { MaximumLinkUpdatedLines: 5 } },
      /Guards > MaximumLinkUpdatedLines is no setting that belongs here/,
    ],
    [
      { EntityTypes: { user: { MaximumInsertedLines: 'many' } } },
      /EntityTypes > user > MaximumInsertedLines is "many": write a whole number/,
    ],
  ])('%j', (settings, sentence) => {
    expect(() => guardsOf(settings)).toThrow(sentence);
  });
});
