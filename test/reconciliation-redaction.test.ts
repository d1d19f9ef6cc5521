/** What Redact hides: entries never show it, whoever asks, and the target gets it all the same. */
import { expect, test } from 'vitest';
import type { AttributeMapping } from '../src/model/mapping.ts';
import { useApi } from './fixtures/api-server.ts';
import { makeWorld } from './fixtures/reconciliation-world.ts';

const getApi = useApi();

const redacted = (target: string, name: string): AttributeMapping => ({
  target,
  source: { kind: 'expression', text: `Redact([${name}])` },
  apply: 'always',
  ifEmpty: 'clear',
});
const attributes: readonly AttributeMapping[] = [
  redacted('userName', 'login'),
  redacted('mail', 'mail'),
  { target: 'city', source: { kind: 'attribute', name: 'city' }, apply: 'always', ifEmpty: 'clear' },
];
const secrets = /secret/i;

test('values of Redact are written, and stand in no entry: not in lists, details, files, names or messages', async () => {
  const { database, server, token: makeToken } = getApi();
  const world = await makeWorld(database.sql, { attributes });
  await world.putSource('1', { login: 'sam-secret', mail: 'sam-secret@example.com', city: 'Graz' });
  // The same name once more: the sentence that refuses it would tell it.
  await world.putSource('2', { login: 'SAM-Secret', mail: 'other-secret@example.com', city: 'Wien' });
  // Matched on a value that is hidden, and updated.
  await world.putSource('3', { login: 'kim-secret', mail: 'kim-secret@example.com', city: 'Linz' });
  await world.putTarget('t3', { userName: 'kim-secret', mail: 'old-secret@example.com', city: 'Linz' });

  const { reconciliationId, entries } = await world.run();
  const { target } = await world.sides();
  expect([...target.values()]).toContainEqual({
    userName: 'sam-secret',
    mail: 'sam-secret@example.com',
    city: 'Graz',
  });
  expect(target.get('t3')).toMatchObject({ mail: 'kim-secret@example.com' });

  const token = await makeToken('/Syncline');
  const path = `/api/reconciliations/${reconciliationId}/entries`;
  const read = async (address: string): Promise<string> => {
    const answer = await fetch(server.url + address, { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    return await answer.text();
  };
  const list = await read(path);
  expect(list).not.toMatch(secrets);
  expect(list).toContain('userName is [Redact], which');
  expect(await read(`${path}.csv`)).not.toMatch(secrets);
  expect(await read(`/api/reconciliations/${reconciliationId}/causes`)).not.toMatch(secrets);
  expect(entries).toHaveLength(3);
  for (const { entryNumber } of entries) {
    const details = await read(`${path}/${entryNumber}`);
    expect(details).not.toMatch(secrets);
    expect(details).toContain('"[Redact]"');
    expect(details).toMatch(/Graz|Wien|Linz/);
  }

  // As it should be now, a pair is called by neither side.
  const again = await world.run();
  const unchanged = await read(`/api/reconciliations/${again.reconciliationId}/entries?category=one-to-one`);
  expect(unchanged).not.toMatch(secrets);
  expect(JSON.parse(unchanged)).toMatchObject({ total: 2 });
  const { items } = JSON.parse(unchanged) as { items: readonly { entryId: string }[] };
  for (const { entryId } of items) {
    expect(await read(`/api/reconciliations/${again.reconciliationId}/entries/${entryId}`)).not.toMatch(
      secrets,
    );
  }
});
