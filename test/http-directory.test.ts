/** The directory over HTTP: what is found, one resource with its links and history, and tags. */
import { beforeAll, describe, expect, test } from 'vitest';
import { followDirectory } from '../src/jobs/directory-indexer.ts';
import type { EntityType } from '../src/model/entity-type.ts';
import type { Item } from '../src/model/item.ts';
import { type JsonObject, type JsonValue, useApi } from './fixtures/api-server.ts';
import { type SyncBench, setUpBench } from './fixtures/sync-bench.ts';

const getApi = useApi();

const entityTypes: readonly EntityType[] = [
  { name: 'user', attributes: ['displayName', 'userPrincipalName', 'jobTitle', 'proxyAddresses'], links: [] },
  { name: 'group', attributes: ['displayName', 'groupTypes'], links: ['members', 'owners'] },
  { name: 'directoryRole', attributes: ['displayName'], links: ['members'] },
];

const user = (key: string, displayName: string, more: Record<string, unknown> = {}): Item => ({
  key,
  attributes: { displayName, userPrincipalName: `${key}@contoso.com`, ...more },
});
type Links = NonNullable<Item['linked']>;
const group = (key: string, displayName: string, linked: Links = {}): Item => ({
  key,
  attributes: { displayName },
  linked,
});

let bench: SyncBench;
let other: SyncBench;
let reader: string;
let tagger: string;

const get = async (path: string) => await getApi().call('GET', `/api/directory/${path}`, reader);
const ask = async (path: string): Promise<JsonObject> => {
  const { status, body } = await get(path);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body;
};
const objects = (value: JsonValue | undefined) => value as readonly JsonObject[];
const items = (body: JsonObject) => objects(body.items);
const keys = (body: JsonObject) => items(body).map(({ key }) => key);
const resource = (type: string, key: string) => `resources/${encodeURIComponent(bench.name)}/${type}/${key}`;

/** Every page of a list, and all its items. */
async function walk(path: string, limit: number): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  let after = '';
  for (;;) {
    const body = await ask(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${after}`);
    expect(items(body).length).toBeLessThanOrEqual(limit);
    all.push(...items(body));
    if (body.next === null) return all;
    after = `&after=${encodeURIComponent(String(body.next))}`;
  }
}

beforeAll(async () => {
  const { token, database } = getApi();
  reader = await token('/Syncline/Directory/Query');
  tagger = await token('/Syncline/Directory');
  bench = setUpBench(getApi());
  other = setUpBench(getApi());
  const { source } = bench;
  const crowd = Array.from({ length: 30 }, (_, index) => user(`c${index}`, `Crowd Member ${index % 10}`));
  source.offer('user', {
    pages: [
      [
        user('sam', 'Sam Carter', {
          jobTitle: 'Analyst',
          proxyAddresses: ['SMTP:sam@contoso.com', 'smtp:alias@contoso.com'],
        }),
        user('zoe', 'Zoë Müller'),
        ...crowd,
      ],
    ],
  });
  source.offer('group', {
    pages: [
      [
        group('inner', 'Inner Team', { members: { user: ['sam'] }, owners: { user: ['zoe'] } }),
        group('middle', 'Middle Team', { members: { group: ['inner'], user: ['zoe'] } }),
        // A circle: the outer team is within the inner one.
        group('outer', 'Outer Team', { members: { group: ['middle'] } }),
        group('all', 'All of them', { members: { user: crowd.map(({ key }) => key), '': ['stranger'] } }),
      ],
    ],
  });
  source.offer('directoryRole', {
    pages: [
      [
        { key: 'reader', attributes: { displayName: 'Reader' }, linked: { members: { user: ['sam'] } } },
        { key: 'keeper', attributes: { displayName: 'Keeper' }, linked: { members: { group: ['middle'] } } },
      ],
    ],
  });
  await bench.sync({ entityTypes });
  const change = async (type: string, ...changed: Item[]) => {
    for (const { name } of entityTypes) source.offer(name, { pages: [name === type ? changed : []] });
    await bench.sync({ entityTypes });
  };
  await change('group', group('inner', 'Inner Team', { members: { group: ['outer'] } }));
  await change('user', user('sam', 'Samantha Carter', { jobTitle: null }));
  await change('group', { key: 'all', unlinked: { members: ['c0'] } });
  await change('user', { key: 'c1', removed: 'restorable' });
  other.source.offer('user', { pages: [[user('sam', 'Sam Elsewhere')]] });
  other.source.offer('group', { pages: [[]] });
  await other.sync({ entityTypes: entityTypes.slice(0, 2) });
  await followDirectory(database.sql);
});

describe('the search', () => {
  test('lists what there is, by connection and type, and says that it is up to date', async () => {
    const body = await ask('types');
    const own = objects(body.types).filter(({ connection }) => connection === bench.name);
    expect(own.map(({ type, count }) => [type, count])).toEqual([
      ['directoryRole', 2],
      ['group', 4],
      ['user', 31],
    ]);
    expect(body.index).toMatchObject({ behind: 0 });
  });

  test.each([
    ['samantha', ['sam']],
    ['SAMANTHA car', ['sam']],
    ['muller zo', ['zoe']],
    ['alias@con', ['sam']],
    ['sam@contoso.com', ['sam']],
    ['carter nobody', []],
    ['!!', []],
  ])('finds by the beginnings of words: %s', async (q, expected) => {
    const body = await ask(
      `resources?connection=${encodeURIComponent(bench.name)}&q=${encodeURIComponent(q)}`,
    );
    expect(keys(body)).toEqual(expected);
    expect(body).toMatchObject({ total: expected.length, isTotalExact: true, next: null });
  });

  test('finds in every connection, or in one, or of one type', async () => {
    const everywhere = await ask('resources?q=sam');
    expect(items(everywhere).map(({ connection, name }) => [connection, name])).toEqual([
      [other.name, 'Sam Elsewhere'],
      [bench.name, 'Samantha Carter'],
    ]);
    expect(keys(await ask(`resources?q=sam&connection=${encodeURIComponent(other.name)}`))).toEqual(['sam']);
    expect(keys(await ask('resources?q=team&type=group'))).toEqual(['inner', 'middle', 'outer']);
    expect(keys(await ask('resources?q=team&type=user'))).toEqual([]);
    expect(keys(await ask('resources?connection=nobody'))).toEqual([]);
  });

  test('gives each resource on one page, in the order of names', async () => {
    const path = `resources?connection=${encodeURIComponent(bench.name)}&q=c`;
    const all = await walk(path, 7);
    expect(all).toHaveLength(31);
    expect(new Set(all.map(({ key }) => key)).size).toBe(31);
    const names = all.map(({ name }) => String(name));
    expect(names).toEqual([...names].sort());
  });

  test('shows deleted resources with what they were, and when they went', async () => {
    const body = await ask('resources?q=crowd&deleted=true');
    expect(items(body)).toMatchObject([{ key: 'c1', name: 'Crowd Member 1' }]);
    expect(Date.parse(String(items(body)[0]?.deletedAt))).toBeGreaterThan(Date.now() - 600_000);
    expect(keys(await ask('resources?q=c1@contoso.com'))).toEqual([]);
  });

  test('downloads all that match, with formulas made harmless', async () => {
    const { source } = other;
    source.offer('user', { pages: [[user('evil', '=cmd()')]] });
    await other.sync({ entityTypes: entityTypes.slice(0, 2) });
    await followDirectory(getApi().database.sql);
    const { server } = getApi();
    const answer = await fetch(
      `${server.url}/api/directory/resources.csv?connection=${encodeURIComponent(other.name)}`,
      {
        headers: { Authorization: `Bearer ${reader}` },
      },
    );
    expect(answer.headers.get('Content-Type')).toContain('text/csv');
    const lines = (await answer.text()).trim().split('\r\n');
    expect(lines[0]).toContain('Name,Type,Connection,Id,userPrincipalName');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(["'=cmd()", 'Sam Elsewhere']);
  });

  test.each([
    ['resources?limit=0', 'query.limit'],
    ['resources?q=a&colour=red', 'query.colour'],
    ['resources?after=nonsense', 'query.after'],
    ['resources?tag=first', 'query.tag'],
  ])('refuses %s and says why', async (path, field) => {
    const { status, body } = await get(path);
    expect([status, body.code, body.field]).toEqual([400, 'request-invalid', field]);
  });
});

describe('a resource', () => {
  test('shows its attributes, and since when each is as it is', async () => {
    const body = await ask(resource('user', 'sam'));
    expect(body).toMatchObject({
      name: 'Samantha Carter',
      connection: bench.name,
      type: 'user',
      deleted: null,
    });
    const attributes = objects(body.attributes);
    expect(attributes.map(({ name, value }) => [name, value])).toEqual([
      ['displayName', 'Samantha Carter'],
      ['proxyAddresses', ['SMTP:sam@contoso.com', 'smtp:alias@contoso.com']],
      ['userPrincipalName', 'sam@contoso.com'],
    ]);
    const first = (body.firstSeen as JsonObject).runId;
    const since = attributes.map((attribute) => [
      attribute.isSinceFirstSight,
      (attribute.since as JsonObject).runId === first,
    ]);
    expect(since).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
  });

  test('says what it is linked to, in numbers', async () => {
    const body = await ask(resource('user', 'sam'));
    const linked = objects(body.relations).filter(({ count }) => count !== 0);
    expect(linked).toEqual([
      { association: 'directoryRole.members', direction: 'to', count: 1, isExact: true },
      { association: 'group.members', direction: 'to', count: 1, isExact: true },
    ]);
  });

  test('that is deleted shows what it was, and that it is gone', async () => {
    const body = await ask(resource('user', 'c1'));
    expect(body).toMatchObject({ name: 'Crowd Member 1', deleted: { runId: expect.any(Number) } });
    expect(objects(body.attributes).map(({ name }) => name)).toEqual(['displayName', 'userPrincipalName']);
    expect(items(await ask(`${resource('user', 'c1')}/history`))[0]).toMatchObject({ kind: 'delete' });
  });

  test('is unknown where it never was', async () => {
    for (const path of [
      resource('user', 'nobody'),
      resource('device', 'sam'),
      'resources/nowhere/user/sam',
    ]) {
      const { status, body } = await get(path);
      expect([status, body.code]).toEqual([404, 'resource-unknown']);
    }
  });
});

describe('links', () => {
  const links = (type: string, key: string, query: string) => `${resource(type, key)}/links?${query}`;
  const paths = (found: readonly JsonObject[]) =>
    Object.fromEntries(found.map(({ key, path }) => [key, objects(path).map((step) => step.name)]));

  test('that are direct, to groups and to roles', async () => {
    const groups = await ask(links('user', 'sam', 'association=group.members&direction=to'));
    expect(items(groups)).toMatchObject([{ type: 'group', key: 'inner', name: 'Inner Team', path: [] }]);
    expect(groups).toMatchObject({ total: 1, isTotalExact: true });
    expect(keys(await ask(links('user', 'sam', 'association=directoryRole.members&direction=to')))).toEqual([
      'reader',
    ]);
    expect(keys(await ask(links('user', 'zoe', 'association=group.owners&direction=to')))).toEqual(['inner']);
    expect(keys(await ask(links('group', 'inner', 'association=group.owners&direction=from')))).toEqual([
      'zoe',
    ]);
  });

  test('through groups, on the shortest way, where groups are within each other in a circle', async () => {
    const found = await walk(links('user', 'sam', 'association=group.members&direction=to&kind=indirect'), 1);
    expect(paths(found)).toEqual({ middle: ['Inner Team'], outer: ['Inner Team', 'Middle Team'] });
    const circle = await walk(
      links('group', 'inner', 'association=group.members&direction=to&kind=indirect'),
      5,
    );
    expect(paths(circle)).toEqual({ outer: ['Middle Team'] });
  });

  test('of roles that a group has', async () => {
    const found = await walk(
      links('user', 'sam', 'association=directoryRole.members&direction=to&kind=indirect'),
      5,
    );
    expect(paths(found)).toEqual({ keeper: ['Inner Team', 'Middle Team'] });
  });

  test('of all members, each once, with the groups between', async () => {
    const path = links('group', 'outer', 'association=group.members&direction=from&kind=all');
    const found = await walk(path, 2);
    expect(paths(found)).toEqual({
      inner: ['Middle Team'],
      middle: [],
      sam: ['Middle Team', 'Inner Team'],
      zoe: ['Middle Team'],
    });
    expect(await ask(path)).toMatchObject({ total: 4, isTotalExact: true });
  });

  test('to what is not stored have no name, and all are in the order of names', async () => {
    const found = await walk(links('group', 'all', 'association=group.members&direction=from'), 9);
    expect(found).toHaveLength(29);
    expect(found[0]).toMatchObject({ key: 'stranger', type: null, name: null });
    const names = found.slice(1).map(({ name }) => String(name));
    expect(names).toEqual([...names].sort());
  });

  test('are refused where they make no sense', async () => {
    const unknown = await get(links('user', 'sam', 'association=group.friends&direction=to'));
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
    const wrong = await get(links('user', 'sam', 'association=group.members&direction=to&kind=all'));
    expect([wrong.status, wrong.body.field]).toEqual([400, 'query.kind']);
  });
});

describe('the history', () => {
  const history = (type: string, key: string, query = '') => `${resource(type, key)}/history${query}`;

  test('tells what changed, from which value to which, and when it was seen first', async () => {
    const body = await ask(history('user', 'sam'));
    expect(items(body).map(({ kind, what, attributes }) => ({ kind, what, attributes }))).toEqual([
      {
        kind: 'update',
        what: 'resource',
        attributes: [
          { name: 'displayName', before: 'Sam Carter', after: 'Samantha Carter' },
          { name: 'jobTitle', before: 'Analyst' },
        ],
      },
      { kind: 'seen', what: 'resource', attributes: [] },
    ]);
    const numbers = items(body).map(({ changeNumber }) => Number(changeNumber));
    expect(numbers).toEqual([...numbers].sort((one, two) => two - one));
  });

  test('tells of links on both ends', async () => {
    expect(items(await ask(history('user', 'c0')))[0]).toMatchObject({
      kind: 'delete',
      what: 'link',
      link: { association: 'group.members', direction: 'to', type: 'group', key: 'all', name: 'All of them' },
    });
    const ofGroup = await walk(history('group', 'all', '?what=link'), 1);
    expect(ofGroup).toMatchObject([
      { kind: 'delete', link: { direction: 'from', type: 'user', key: 'c1', name: 'Crowd Member 1' } },
      { kind: 'delete', link: { direction: 'from', type: 'user', key: 'c0', name: 'Crowd Member 0' } },
    ]);
    expect(items(await ask(history('group', 'inner', '?what=link')))).toMatchObject([
      { kind: 'insert', link: { direction: 'from', key: 'outer', name: 'Outer Team' } },
    ]);
  });

  test('is read page by page, and each part by itself', async () => {
    const all = await walk(history('group', 'all'), 1);
    expect(all.map(({ kind }) => kind)).toEqual(['delete', 'delete', 'seen']);
    expect(items(await ask(history('group', 'all', '?what=resource'))).map(({ kind }) => kind)).toEqual([
      'seen',
    ]);
  });
});

describe('tags', () => {
  const put = (path: string, body?: unknown, version?: number) => send('PUT', path, body, version);
  const send = async (method: string, path: string, body?: unknown, version?: number) => {
    const answer = await fetch(`${getApi().server.url}/api/directory/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${tagger}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      etag: answer.headers.get('ETag'),
      body: (text === '' ? {} : JSON.parse(text)) as JsonObject,
    };
  };
  const make = async (name: string) => {
    const { status, body } = await send('POST', 'tags', { name, description: `Marks ${name}` });
    expect(status).toBe(201);
    return Number(body.tagId);
  };
  const tagged = async (tagId: number, more = '') => keys(await ask(`resources?tag=${tagId}${more}`));

  test('are made, given, searched for, and taken away', async () => {
    const tagId = await make('Watchlist');
    expect((await put(`${resource('user', 'sam')}/tags/${tagId}`)).status).toBe(204);
    expect((await put(`${resource('user', 'zoe')}/tags/${tagId}`)).status).toBe(204);
    expect((await put(`${resource('user', 'zoe')}/tags/${tagId}`)).status).toBe(204);
    expect(await tagged(tagId)).toEqual(['sam', 'zoe']);
    expect(await tagged(tagId, '&q=mul')).toEqual(['zoe']);
    expect((await ask(resource('user', 'sam'))).tags).toEqual([{ tagId, name: 'Watchlist' }]);
    expect(objects((await ask('tags')).tags)).toMatchObject([
      { name: 'Watchlist', resources: 2, version: 1 },
    ]);
    expect((await send('DELETE', `${resource('user', 'zoe')}/tags/${tagId}`)).status).toBe(204);
    expect(await tagged(tagId)).toEqual(['sam']);
  });

  test('stay through a full scan, a deletion and a return', async () => {
    const tagId = await make('Leaver');
    await put(`${resource('user', 'c5')}/tags/${tagId}`);
    const step = async (...changed: Item[]) => {
      for (const { name } of entityTypes)
        bench.source.offer(name, { pages: [name === 'user' ? changed : []] });
      await bench.sync({ entityTypes });
      await followDirectory(getApi().database.sql);
    };
    await step({ key: 'c5', removed: 'restorable' });
    expect(await tagged(tagId)).toEqual([]);
    expect(await tagged(tagId, '&deleted=true')).toEqual(['c5']);
    await step(user('c5', 'Crowd Returned'));
    expect(await tagged(tagId, '&q=returned')).toEqual(['c5']);
  });

  test('that are given before the index has come to a resource are found when it has', async () => {
    const tagId = await make('Early');
    for (const { name } of entityTypes) {
      bench.source.offer(name, { pages: [name === 'user' ? [user('new', 'New Person')] : []] });
    }
    await bench.sync({ entityTypes });
    expect((await put(`${resource('user', 'new')}/tags/${tagId}`)).status).toBe(204);
    expect(await tagged(tagId)).toEqual([]);
    await followDirectory(getApi().database.sql);
    expect(await tagged(tagId)).toEqual(['new']);
  });

  test('have names of their own, and nobody overwrites somebody else', async () => {
    const tagId = await make('Stale');
    const twice = await send('POST', 'tags', { name: 'sTALE' });
    expect([twice.status, twice.body.code, twice.body.field]).toEqual([409, 'tag-exists', 'body.name']);
    const changed = await put(`tags/${tagId}`, { name: 'Stale account' }, 1);
    expect([changed.status, changed.etag, changed.body.description]).toEqual([200, '"2"', '']);
    const late = await put(`tags/${tagId}`, { name: 'Mine' }, 1);
    expect([late.status, late.body.code, late.body.version]).toEqual([412, 'changed-meanwhile', 2]);
    expect((await put(`tags/${tagId}`, { name: 'Mine' })).status).toBe(428);
    const empty = await send('POST', 'tags', { name: ' ' });
    expect([empty.status, empty.body.field]).toEqual([400, 'body.name']);
  });

  test('that are deleted are gone from what had them, and the audit tells', async () => {
    const tagId = await make('Gone');
    await put(`${resource('group', 'all')}/tags/${tagId}`);
    expect((await send('DELETE', `tags/${tagId}`, undefined, 2)).status).toBe(412);
    expect((await send('DELETE', `tags/${tagId}`, undefined, 1)).status).toBe(204);
    expect((await ask(resource('group', 'all'))).tags).toEqual([]);
    expect(await tagged(tagId)).toEqual([]);
    expect((await put(`${resource('group', 'all')}/tags/${tagId}`)).body.code).toBe('tag-unknown');
    const { sql } = getApi().database;
    const words = await sql`select from directory_word where word = ${`#${tagId}`}`;
    expect(words).toHaveLength(0);
    const entries = await sql<{ action: string; outcome: string }[]>`
      select action, outcome from audit_entry where subject = 'Gone' order by audit_id`;
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'tag.create done',
      'tag.delete refused',
      'tag.delete done',
    ]);
  });
});
