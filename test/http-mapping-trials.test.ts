/** Trying out through the API: what a mapping gives for accounts, an expression for an object, and a filter for what is stored. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, type JsonValue, useApi } from './fixtures/api-server.ts';
import { computed, direct, fillSides, mappingOf, people, users, usual } from './fixtures/mapped-sides.ts';

const getApi = useApi();
let admin: string;

beforeAll(async () => {
  await fillSides(getApi());
  const { token, call } = getApi();
  admin = await token('/Syncline', '/Connectors');
  // Somebody is linked already.
  const made = await call('POST', '/api/mappings', admin, { definition: mappingOf('Linked pair') });
  expect(made.status).toBe(201);
  const ends = { sourceKey: 'u1', targetKey: 'i1' };
  const linked = await call('POST', '/api/mappings/Linked pair/links', admin, ends);
  expect(linked.status).toBe(201);
});

const list = (value: JsonValue | undefined) => value as readonly JsonObject[];
async function post(path: string, body: JsonValue): Promise<JsonObject> {
  const answer = await getApi().call('POST', path, admin, body);
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body;
}

describe('trying out', () => {
  const definition = mappingOf('Linked pair', {
    attributes: [...usual, computed('displayName', 'Join(", ", [surname], Trim([givenName]))')],
    scope: { queryFilter: '!(accountEnabled eq false)' },
  });

  test('shows what each row gives, what the target has, and why somebody is out of scope', async () => {
    const { objects } = await post('/api/mappings/evaluate', { definition, keys: ['u3', 'u1', 'nobody'] });
    const [backup, sam, ...others] = list(objects);
    expect(others).toEqual([]);
    expect(backup).toMatchObject({
      name: 'Backup',
      isQualified: false,
      reason: expect.stringContaining('accountEnabled'),
      target: null,
    });
    expect(sam).toMatchObject({ key: 'u1', isQualified: true, target: { key: 'i1' } });
    expect(list(sam?.rows)).toEqual([
      {
        row: 0,
        target: 'givenName',
        outcome: { kind: 'value', value: 'Sam', type: 'text' },
        before: 'Samantha',
        isChanged: true,
      },
      expect.objectContaining({ target: 'mail', before: 'sam@example.com', isChanged: false }),
      expect.objectContaining({ target: 'sn', isChanged: false }),
      expect.objectContaining({ target: 'userName', isChanged: false }),
      expect.objectContaining({
        target: 'displayName',
        outcome: { kind: 'value', value: 'Carter, Sam', type: 'text' },
        before: null,
        isChanged: true,
      }),
    ]);
  });

  test('shows the parts of one expression, on attributes that somebody typed', async () => {
    const { objects } = await post('/api/mappings/evaluate', {
      definition,
      rows: [4],
      objects: [{ givenName: ' Ada ', surname: 'Lovelace' }],
      trace: true,
    });
    expect(objects).toEqual([
      expect.objectContaining({
        key: null,
        rows: [
          expect.objectContaining({
            row: 4,
            outcome: { kind: 'value', value: 'Lovelace, Ada', type: 'text' },
            steps: expect.arrayContaining([
              expect.objectContaining({
                text: 'Trim([givenName])',
                outcome: { kind: 'value', value: 'Ada', type: 'text' },
              }),
            ]),
          }),
        ],
      }),
    ]);
  });

  test('tries one row whatever is wrong with the others', async () => {
    const broken = mappingOf('Half', {
      attributes: [computed('displayName', 'Joim('), direct('mail', 'mail')],
    });
    expect(await post('/api/mappings/evaluate', { definition: broken, sample: 1 })).toMatchObject({
      mistakes: [{ path: 'attributes/0/source/text' }],
      objects: [],
    });
    expect(
      await post('/api/mappings/evaluate', { definition: broken, rows: [1], keys: ['u1'] }),
    ).toMatchObject({
      mistakes: [],
      objects: [{ rows: [{ row: 1, outcome: { value: 'sam@example.com' } }] }],
    });
    expect(await post('/api/mappings/evaluate-all', { definition: broken, row: 0 })).toMatchObject({
      mistakes: [{ path: 'attributes/0/source/text' }],
      total: 0,
    });
  });

  test('hides what an expression redacts', async () => {
    const secret = mappingOf('Secret', { attributes: [computed('description', 'Redact([mail])')] });
    const few = await post('/api/mappings/evaluate', { definition: secret, keys: ['u1'], trace: true });
    expect(list(few.objects)[0]?.rows).toEqual([
      expect.objectContaining({ outcome: { kind: 'hidden' }, before: null, steps: [] }),
    ]);
    const all = await post('/api/mappings/evaluate-all', { definition: secret, row: 0 });
    expect(all).toMatchObject({ values: 1, empty: 2, top: [], distinct: 0 });
  });

  test('chooses the value that is still free in the target, and leaves an account its own', async () => {
    const unique = mappingOf('Linked pair', {
      attributes: [
        computed(
          'userName',
          'SelectUniqueValue("scarter@contoso.com", Join("", [givenName], "@contoso.com"))',
        ),
      ],
    });
    const { objects } = await post('/api/mappings/evaluate', { definition: unique, keys: ['u1', 'u2'] });
    expect(list(objects).map(({ rows }) => list(rows)[0]?.outcome)).toEqual([
      expect.objectContaining({ value: 'scarter@contoso.com' }),
      expect.objectContaining({ value: 'Lena@contoso.com' }),
    ]);
  });

  test('counts what a row gives for all accounts', async () => {
    const constant = mappingOf('All', { attributes: [...usual.slice(0, 3), computed('userName', '"same"')] });
    expect(await post('/api/mappings/evaluate-all', { definition: constant, row: 3 })).toMatchObject({
      total: 3,
      values: 3,
      empty: 0,
      failedCount: 0,
      isUnique: true,
      duplicates: 2,
      duplicated: [{ value: 'same', keys: ['u1', 'u2', 'u3'] }],
      distinct: 1,
      top: [{ value: 'same', count: 3 }],
    });
    expect(await post('/api/mappings/evaluate-all', { definition, row: 1 })).toMatchObject({
      total: 2,
      unqualified: 1,
      values: 1,
      empty: 1,
      isUnique: false,
      top: [{ value: 'sam@example.com', count: 1 }],
    });
  });

  test('counts failures by their causes, with an example of each', async () => {
    const failing = mappingOf('Failing', {
      attributes: [computed('description', 'FormatDateTime([displayName], , "yyyy-MM-dd", "yyyy")')],
    });
    const all = await post('/api/mappings/evaluate-all', { definition: failing, row: 0 });
    expect(all).toMatchObject({ total: 3, values: 0, failedCount: 3 });
    expect(list(all.failed).reduce((sum, { count }) => sum + Number(count), 0)).toBe(3);
    expect(list(all.failed)[0]).toMatchObject({ message: expect.any(String), example: { key: 'u1' } });
  });

  test('on stored accounts is for those who may see them', async () => {
    const weak = await getApi().token('/Syncline/Mappings/Query');
    const { call } = getApi();
    for (const [path, body] of [
      ['/api/mappings/evaluate', { definition, keys: ['u1'] }],
      ['/api/mappings/evaluate-all', { definition, row: 0 }],
      ['/api/expressions/evaluate', { text: '[mail]', ...users, key: 'u1' }],
      ['/api/filters/count', { ...users, filter: {} }],
    ] as const) {
      expect([path, (await call('POST', path, weak, body)).status]).toEqual([path, 403]);
    }
    const typed = { definition, objects: [{ givenName: 'Ada' }] };
    expect((await call('POST', '/api/mappings/evaluate', weak, typed)).status).toBe(200);
  });
});

describe('expressions', () => {
  test('are evaluated on a stored resource, with their parts', async () => {
    const text = 'ToLower(Join(".", [givenName], [surname]))';
    expect(await post('/api/expressions/evaluate', { text, ...users, key: 'u1' })).toEqual({
      kind: 'value',
      value: 'sam.carter',
      type: 'text',
      steps: expect.arrayContaining([
        expect.objectContaining({
          text: '[givenName]',
          outcome: { kind: 'value', value: 'Sam', type: 'text' },
        }),
      ]),
      reads: ['givenName', 'surname'],
      isDeterministic: true,
    });
  });

  test('that are none are mistakes with their place', async () => {
    expect(await post('/api/expressions/evaluate', { text: 'tolower([mail])' })).toMatchObject({
      kind: 'mistake',
      position: 0,
      length: 7,
      suggestion: 'ToLower',
    });
  });

  test('have their functions listed', async () => {
    const { body } = await getApi().call('GET', '/api/expression-functions', admin);
    expect(list(body.functions).map(({ name }) => name)).toEqual(expect.arrayContaining(['Join', 'Switch']));
    expect(list(body.scopingOperators)).toContainEqual(
      expect.objectContaining({ name: 'EQUALS', arity: 'binary' }),
    );
  });
});

describe('a filter', () => {
  const count = (filter: JsonObject, set: JsonObject = users) =>
    post('/api/filters/count', { ...set, filter });
  const groupOf = (clause: JsonObject) => ({ groups: [{ name: 'One', clauses: [clause] }] });

  test('is counted before it is saved, with a few that meet it', async () => {
    expect(await count({})).toMatchObject({ count: 3, total: 3 });
    expect(await count({ query: 'mail eq "SAM@example.com"' })).toMatchObject({
      count: 1,
      total: 3,
      sample: [{ key: 'u1', name: 'Sam Carter' }],
    });
    expect(await count({ query: 'id eq "u2"' })).toMatchObject({ count: 1, sample: [{ key: 'u2' }] });
    expect(await count({ expression: 'IIF([surname]="Ortiz","True","False")' })).toMatchObject({ count: 1 });
    const clause = {
      operatorName: 'ENDS_WITH',
      sourceOperandName: 'displayName',
      targetOperand: { values: ['r'] },
    };
    expect(await count({ scoping: groupOf(clause) })).toMatchObject({ count: 1, sample: [{ key: 'u1' }] });
    expect(
      await count({ query: 'mail pr', scoping: groupOf({ ...clause, operatorName: 'Includes' }) }),
    ).toMatchObject({
      count: 1,
    });
    expect(await count({ query: 'userName sw "scarter"' }, people)).toMatchObject({ count: 1, total: 1 });
  });

  test('that cannot be read says where, and one on what is not exported is warned of', async () => {
    expect(await count({ query: 'mail eq' })).toMatchObject({
      count: null,
      mistakes: [{ path: 'scope/queryFilter', position: expect.any(Number) }],
    });
    expect(await count({ query: 'maill pr' })).toMatchObject({
      count: 0,
      warnings: [{ message: expect.stringContaining('mail'), suggestion: 'mail' }],
    });
  });
});
