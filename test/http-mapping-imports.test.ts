/** Mappings of OpenIDM and PingIDM through the API: translated with a report, saved by nobody but who sends them back. */
import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './fixtures/api-server.ts';
import { fillSides, users } from './fixtures/mapped-sides.ts';

const getApi = useApi();
let admin: string;

beforeAll(async () => {
  await fillSides(getApi());
  admin = await getApi().token('/Syncline');
});

const entra = {
  name: 'systemEntraUser_managedAlpha_user',
  source: 'system/Entra/User',
  target: 'managed/alpha_user',
  properties: [
    { source: 'givenName', target: 'givenName' },
    { source: 'surname', target: 'sn' },
    { source: 'mail', target: 'mail' },
    { source: '__NAME__', target: 'userName' },
  ],
  policies: [{ situation: 'ABSENT', action: 'CREATE' }],
};
const objectSets = { 'system/Entra/User': { ...users, attributes: { __NAME__: 'userPrincipalName' } } };
const post = (body: Readonly<Record<string, unknown>>) =>
  getApi().call('POST', '/api/mappings/import', admin, body as never);

describe('mappings of another product', () => {
  test('are translated, and can be created as they come', async () => {
    const { status, body } = await post({ document: { mappings: [entra] }, objectSets });
    expect([status, body]).toMatchObject([
      200,
      {
        mappings: [
          {
            path: 'mappings/0',
            missing: [],
            definition: {
              name: entra.name,
              source: users,
              target: { connection: 'Identities', type: 'alpha_user' },
              isEnabled: true,
            },
          },
        ],
        report: expect.arrayContaining([expect.objectContaining({ outcome: 'taken-over' })]),
      },
    ]);
    const { call } = getApi();
    expect(await call('GET', `/api/mappings/${entra.name}`, admin)).toMatchObject({ status: 404 });
    const [first] = body.mappings as { definition: never }[];
    const created = await call('POST', '/api/mappings', admin, { definition: first?.definition as never });
    expect([created.status, created.body]).toEqual([201, expect.anything()]);
  });

  test('come switched off where what held them back has no equivalent, and say what to do', async () => {
    const script = { type: 'text/javascript', source: 'require("audit").allows(source)' };
    const { body } = await post({ document: { ...entra, validSource: script }, objectSets });
    expect(body).toMatchObject({
      mappings: [{ definition: { isEnabled: false }, missing: ['validSource'] }],
      report: expect.arrayContaining([
        expect.objectContaining({ path: 'validSource', outcome: 'left-out', remedy: expect.any(String) }),
      ]),
    });
  });

  test('between object sets that nobody has named are left out with the reason', async () => {
    const { status, body } = await post({ document: [entra] });
    expect([status, body]).toMatchObject([200, { mappings: [], report: [{ outcome: 'left-out' }] }]);
    expect(JSON.stringify(body.report)).toContain('system/Entra/User');
  });

  test.each([
    ['no document of that kind', { document: 'nothing' }],
    ['a document nested too deep', { document: JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) }],
  ])('%s is no mapping, in a sentence', async (_, body) => {
    const answer = await post(body);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { mappings: [], report: [{ outcome: 'left-out', message: expect.stringMatching(/\.$/) }] },
    ]);
  });

  test('may be as large as files of a configuration', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...entra, name: `mapping ${index}` }));
    const { status, body } = await post({ document: { mappings: many }, objectSets });
    expect([status, (body.mappings as readonly unknown[]).length]).toEqual([200, 300]);
  });
});
