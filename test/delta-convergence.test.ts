// A client that only follows deltas, by the documented rules of merging, ends with what the tenant holds, however its
// rounds fall between changes, wherever pages are cut, and in whatever order fragments come.
import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';

interface Item {
  readonly id: string;
  readonly '@removed'?: { readonly reason: string };
  readonly [name: string]: unknown;
}
interface Page {
  readonly value: readonly Item[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.deltaLink'?: string;
}

/** What the client knows: an object's properties, and the targets of its tracked links. */
interface Known {
  readonly properties: Map<string, unknown>;
  /** By relationship: the targets' ids with their types. */
  readonly links: Map<string, Map<string, unknown>>;
}

let simulator: Simulator;
let authorization: string;

beforeAll(async () => {
  simulator = await startSimulator({
    users: 700,
    groups: 20,
    memberships: 2500,
    largestGroup: 650,
    seed: 5,
    scheme: 'http',
  });
  const reply = await request(`${simulator.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: simulator.clientId,
      client_secret: simulator.clientSecret,
    }).toString(),
  });
  authorization = `Bearer ${((await reply.body.json()) as { access_token: string }).access_token}`;
});
afterAll(() => simulator.stop());

async function get<Body>(url: string): Promise<Body> {
  const reply = await request(url, { headers: { authorization } });
  expect(reply.statusCode).toBe(200);
  return (await reply.body.json()) as Body;
}

async function control(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> {
  const reply = await request(`${simulator.control}${path}`, {
    method,
    headers: { authorization: `Bearer ${simulator.controlKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await reply.body.dump();
  expect(reply.statusCode).toBe(200);
}

/** Merges one item as the documentation says: absent keys stay, nulls clear, links are added and removed one by one. */
function merge(known: Map<string, Known>, item: Item): void {
  if (item['@removed']) {
    known.delete(item.id);
    return;
  }
  const object = known.get(item.id) ?? { properties: new Map(), links: new Map() };
  known.set(item.id, object);
  for (const [name, value] of Object.entries(item)) {
    if (!name.endsWith('@delta')) {
      object.properties.set(name, value);
      continue;
    }
    const targets = object.links.get(name) ?? new Map<string, unknown>();
    object.links.set(name, targets);
    for (const target of value as readonly Item[]) {
      if (target['@removed']) targets.delete(target.id);
      else targets.set(target.id, target['@odata.type']);
    }
  }
}

const userSelect = 'displayName,userPrincipalName,accountEnabled,department,mobilePhone';
const groupSelect = 'displayName,description,members,owners';

async function listAll(url: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let next: string | undefined = url; next; ) {
    const page: Page = await get<Page>(next);
    items.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return items;
}

/** What the tenant holds, read in the plain way. */
async function truth() {
  const users = await listAll(`${simulator.graph}/users?$top=999&$select=id,${userSelect}`);
  const groups = await listAll(`${simulator.graph}/groups?$top=999&$select=id,displayName,description`);
  const links = new Map<string, { members: string[]; owners: string[] }>();
  for (const group of groups) {
    const ids = async (relation: string) =>
      (await listAll(`${simulator.graph}/groups/${group.id}/${relation}?$top=999&$select=id`))
        .map(({ id }) => id)
        .sort();
    links.set(group.id, { members: await ids('members'), owners: await ids('owners') });
  }
  const servicePrincipals = await listAll(`${simulator.graph}/servicePrincipals?$top=999&$select=id`);
  return { users, groups, links, servicePrincipals: new Set(servicePrincipals.map(({ id }) => id)) };
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant('users' as const) },
  { weight: 3, arbitrary: fc.constant('groups' as const) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 25 }) },
);

test('following deltas through any interleaving of pages and changes ends with what the tenant holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.boolean(),
      async (steps, isReordered) => {
        if (isReordered) {
          const fault = { kind: 'reorderFragments', match: { path: '/groups/delta' }, times: 'always' };
          await control('PUT', '/faults', { faults: [fault] });
        }
        const users = new Map<string, Known>();
        const groups = new Map<string, Known>();
        const links = {
          users: `${simulator.graph}/users/delta?$select=${userSelect}`,
          groups: `${simulator.graph}/groups/delta?$select=${groupSelect}`,
        };
        const read = async (stream: 'users' | 'groups') => {
          const page = await get<Page>(links[stream]);
          for (const item of page.value) merge(stream === 'users' ? users : groups, item);
          links[stream] = page['@odata.nextLink'] ?? page['@odata.deltaLink'] ?? '';
          return page['@odata.deltaLink'] !== undefined && page.value.length === 0;
        };
        for (const action of steps) {
          if (typeof action === 'number') await control('POST', '/churn', { changes: action });
          else await read(action);
        }
        for (let isCurrent = false; !isCurrent; ) isCurrent = await read('users');
        for (let isCurrent = false; !isCurrent; ) isCurrent = await read('groups');
        await control('DELETE', '/faults');

        const held = await truth();
        expect([...users.keys()].sort()).toEqual(held.users.map(({ id }) => id).sort());
        for (const user of held.users) {
          for (const name of userSelect.split(',')) {
            expect(users.get(user.id)?.properties.get(name) ?? null, `${user.id} ${name}`).toEqual(
              user[name],
            );
          }
        }
        expect([...groups.keys()].sort()).toEqual(held.groups.map(({ id }) => id).sort());
        for (const group of held.groups) {
          const known = groups.get(group.id);
          expect(known?.properties.get('displayName')).toEqual(group.displayName);
          for (const relation of ['members', 'owners'] as const) {
            // A soft-deleted target stays a member and is not shown: it counts while it is known to live.
            const living: Readonly<Record<string, { has(id: string): boolean }>> = {
              '#microsoft.graph.user': users,
              '#microsoft.graph.group': groups,
              '#microsoft.graph.servicePrincipal': held.servicePrincipals,
            };
            const ids = [...(known?.links.get(`${relation}@delta`) ?? [])]
              .filter(([id, type]) => living[String(type)]?.has(id) ?? true)
              .map(([id]) => id)
              .sort();
            expect(ids, `${relation} of ${group.id}`).toEqual(held.links.get(group.id)?.[relation]);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});
