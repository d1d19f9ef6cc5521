// Several commands on one data directory: who comes later works in the database of who is there already.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { expectOneSentence, newDataDirectory, open, usedDataDirectory } from './fixtures/data-directories.ts';
import { processesOf, untilNothingRuns } from './fixtures/held-database.ts';

const opened: Database[] = [];
const reports: string[] = [];

afterEach(async () => {
  // The last one that came goes first: whoever was there before may wait for it.
  for (const database of opened.splice(0).reverse()) await database.close();
  reports.length = 0;
});

async function join(dataDirectory: string): Promise<Database> {
  const report = (sentence: string) => void reports.push(sentence);
  const database = await openDatabase({ dataDirectory, databaseUrl: undefined }, report, { mayJoin: true });
  opened.push(database);
  return database;
}

test('a command joins the database that another Syncline runs, and leaves it running', async () => {
  const data = usedDataDirectory();
  const owner = await open({ data });
  const guest = await join(data);
  expect(guest.describe()).toMatchObject({
    kind: 'embedded',
    isJoined: true,
    dataDirectory: data,
    port: owner.description.port,
    installationId: owner.description.installationId,
  });
  await guest.close();
  expect(await owner.ask()).toBe(owner.description.installationId);
});

test('where nobody runs one, a command starts it, and it is gone with the command', async () => {
  const data = newDataDirectory();
  const database = await join(data);
  expect(database.describe().isJoined).toBeUndefined();
  await database.close();
  await untilNothingRuns(data);
});

test('commands that come at the same moment find each other', async () => {
  const data = newDataDirectory();
  const databases = await Promise.all([join(data), join(data), join(data)]);
  const ids = databases.map((database) => database.describe().installationId);
  expect(new Set(ids).size).toBe(1);
  expect(databases.filter((database) => database.describe().isJoined)).toHaveLength(2);
  // Who started the server waits for the others.
  opened.sort((one, other) => Number(one.describe().isJoined ?? 0) - Number(other.describe().isJoined ?? 0));
});

test('a command that is done keeps its database running for those that came along', async () => {
  const data = usedDataDirectory();
  const first = await join(data);
  const second = await join(data);
  const closed = first.close();
  while (reports.length === 0) await nextTurn();
  expect(reports).toEqual([
    'Another Syncline is at work in this database: it is kept running until that one is done.',
  ]);
  expect(await second.sql`select 1 as one`).toEqual([{ one: 1 }]);
  await second.close();
  await closed;
  expect(processesOf(data)).toEqual([]);
});

test('who has joined is told in a sentence that the owner has ended', async () => {
  const data = usedDataDirectory();
  const owner = await open({ data });
  const guest = await join(data);
  await owner.stop();
  // Also when it asks nothing, as while it waits for the tenant.
  expect(await guest.lost).toMatchObject({ code: 'database-unavailable' });
  const error: unknown = await guest.sql`select 1`.catch((error: unknown) => error);
  const fault = guest.explain(error);
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).code).toBe('database-unavailable');
  expectOneSentence((fault as Fault).message);
  expect((fault as Fault).message).toContain(data);
});

test('a fault is no failure of the database, whatever the database says', async () => {
  const guest = await join(usedDataDirectory());
  const fault = new Fault('connection-busy', 'Another run is working on it: wait.');
  expect(guest.explain(fault)).toBe(fault);
});
