/** Every connector against the contract: Entra ID on a simulated tenant, and the identities directory in a database. */
import { afterAll, beforeAll } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { openIdentitiesSource, openIdentitiesTarget } from '../src/cli/identities-target.ts';
import { describeConnectorContract } from '../src/connectors/contract.suite.ts';
import type { Order } from '../src/model/order.ts';
import { changeIdentityLinks, findIdentityAssociation } from '../src/store/identity-links.ts';
import { transact } from '../src/store/transaction.ts';
import { connectTo } from './fixtures/export-fold.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

let simulator: Simulator;
let graph: SimulatorClient;
beforeAll(async () => {
  simulator = await startSimulator({ users: 600, groups: 250, memberships: 900, largestGroup: 200, seed: 5 });
  graph = await openClient(simulator);
});
afterAll(async () => {
  await graph.close();
  await simulator.stop();
});

async function send(operation: string, body?: object): Promise<{ id: string }> {
  const answer = await graph.send(operation, body);
  if (answer.status >= 300) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
  return answer.text === '' ? { id: '' } : (JSON.parse(answer.text) as { id: string });
}

let made = 0;
const next = () => {
  made += 1;
  return `contract${made}`;
};

describeConnectorContract('Entra ID', async () => {
  const connector = connectTo(simulator);
  const [domain] = (await graph.page('/domains')).value as unknown as { id: string }[];
  return {
    connector,
    entityType: { name: 'user', attributes: ['displayName', 'department', 'proxyAddresses'], links: [] },
    attribute: 'department',
    linkingType: { name: 'group', attributes: ['displayName'], links: ['members'] },
    link: 'members',
    create: async (attributes) => {
      const name = next();
      const user = {
        accountEnabled: true,
        displayName: name,
        mailNickname: name,
        userPrincipalName: `${name}@${domain?.id}`,
        passwordProfile: { password: 'Contract-1234' },
        ...attributes,
      };
      return (await send('POST /users', user)).id;
    },
    change: async (key, attributes) => void (await send(`PATCH /users/${key}`, attributes)),
    remove: async (key) => void (await send(`DELETE /users/${key}`)),
    createLinking: async () => {
      const name = next();
      const group = { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true };
      return (await send('POST /groups', group)).id;
    },
    setLinked: async (key, target, isLinked) => {
      if (isLinked) {
        await send(`POST /groups/${key}/members/$ref`, {
          '@odata.id': `${simulator.graph}/v1.0/directoryObjects/${target}`,
        });
      } else await send(`DELETE /groups/${key}/members/${target}/$ref`);
    },
    close: () => connector.close(),
  };
});

const getDatabase = useOwnDatabase();

describeConnectorContract('the identities directory', async () => {
  const { sql } = getDatabase().database;
  const target = await openIdentitiesTarget({ sql });
  const connector = await openIdentitiesSource({ sql }, 5);
  const begin = (transaction: Parameters<typeof target.begin>[0]) =>
    target.begin(transaction, { kind: 'edit', entityTypes: ['alpha_user'], label: 'a test' });
  const fulfil = async (order: Order): Promise<string> =>
    await transact(sql, async (transaction) => {
      const [receipt] = await target.fulfil(transaction, await begin(transaction), [order], '7');
      if (receipt?.kind !== 'done') throw new Error(JSON.stringify(receipt));
      return receipt.key;
    });
  const create = async (attributes: Readonly<Record<string, string>>) => {
    const name = next();
    const person = { userName: name, givenName: name, sn: name, mail: `${name}@contoso.com` };
    return await fulfil({
      kind: 'create',
      entityType: 'alpha_user',
      attributes: { ...person, ...attributes },
    });
  };
  for (let count = 0; count < 12; count += 1) await create({});
  return {
    connector,
    entityType: { name: 'alpha_user', attributes: ['userName', 'city', 'frIndexedMultivalued1'], links: [] },
    attribute: 'city',
    linkingType: { name: 'alpha_group', attributes: ['name'], links: ['members'] },
    link: 'members',
    create,
    change: async (key, changes) =>
      void (await fulfil({ kind: 'update', entityType: 'alpha_user', key, changes })),
    remove: async (key) => void (await fulfil({ kind: 'delete', entityType: 'alpha_user', key })),
    createLinking: () => fulfil({ kind: 'create', entityType: 'alpha_group', attributes: { name: next() } }),
    setLinked: (key, end, isLinked) =>
      transact(sql, async (transaction) => {
        const association = await findIdentityAssociation(transaction, 'alpha_group', 'members');
        if (!association) throw new Error('There are no members.');
        const link = isLinked
          ? {
              added: transaction`select ${key}::text, key::text, entity_type_id from resource where key = ${end}`,
            }
          : { removed: transaction`select ${key}::text, ${end}::text` };
        await changeIdentityLinks(transaction, { runId: await begin(transaction), association, ...link });
      }),
    close: () => connector.close(),
  };
});
