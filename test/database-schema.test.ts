/** The readable schema in db/schema.sql is that of the migrated database. "npm run schema" writes it anew. */
import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { dumpSchema } from '../src/store/schema-dump.ts';
import { makeScratch } from './fixtures/held-database.ts';

test('db/schema.sql is what the migrations make', async () => {
  const dataDirectory = makeScratch();
  onTestFinished(() => rmSync(dataDirectory, { recursive: true }));
  const database = await openDatabase({ dataDirectory, databaseUrl: undefined }, () => {});
  onTestFinished(database.close);
  await expect(await dumpSchema(database.sql)).toMatchFileSnapshot('../db/schema.sql');
});

test('the dump names what it cannot write instead of leaving it out', async () => {
  const dataDirectory = makeScratch();
  onTestFinished(() => rmSync(dataDirectory, { recursive: true }));
  const database = await openDatabase({ dataDirectory, databaseUrl: undefined }, () => {});
  onTestFinished(database.close);
  await database.sql.unsafe('create sequence loose; create domain word as text');
  await expect(dumpSchema(database.sql)).rejects.toThrow('loose of kind S, type word');
});
