// What becomes of work in the database when the connection breaks under it: it fails, and nothing else does.
import { expect, test } from 'vitest';
import { transact } from '../src/store/transaction.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';

const own = useOwnDatabase();

test('work that fails leaves nothing behind, and says why', async () => {
  const { sql } = own().database;
  const work = transact(sql, async (transaction) => {
    await transaction`create table left_behind ()`;
    throw new Error('not this time');
  });
  await expect(work).rejects.toThrow('not this time');
  expect(await sql`select to_regclass('left_behind') as found`).toMatchObject([{ found: null }]);
});

test('work whose connection breaks while it asks ends, and everybody else goes on', async () => {
  const { sql } = own().database;
  const pids: number[] = [];
  const works = Array.from({ length: 5 }, () =>
    transact(sql, async (transaction) => {
      const [backend] = await transaction<{ pid: number }[]>`select pg_backend_pid() as pid`;
      pids.push(backend?.pid ?? 0);
      await transaction`select pg_sleep(600)`;
    }),
  );
  const ends = Promise.allSettled(works);
  while ((await sql`select from pg_stat_activity where wait_event = 'PgSleep'`).length < works.length);
  await sql`select pg_terminate_backend(pid) from unnest(${pids}::integer[]) as backend (pid)`;
  expect((await ends).map(({ status }) => status)).toEqual(works.map(() => 'rejected'));
  // The client library may tell the first query on a new connection how the former one ended; the second has an answer.
  const ask = (number: number) =>
    transact(sql, (transaction) => transaction<{ number: number }[]>`select ${number}::integer as number`);
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  await Promise.allSettled(numbers.map(ask));
  const answers = await Promise.all(numbers.map(ask));
  expect(answers.map(([row]) => row?.number)).toEqual(numbers);
});

test('lists arrive as they are, whatever is in them', async () => {
  const { sql } = own().database;
  const texts = ['', 'a', 'b"c', 'd\\e', '{x,y}', 'NULL', ' ', 'ä,🙂', "o'n"];
  const [row] = await sql`
    select to_jsonb(${texts}::text[]) as texts, to_jsonb(${[1, -2]}::integer[]) as integers, to_jsonb(${[]}::text[]) as none`;
  expect(row).toEqual({ texts, integers: [1, -2], none: [] });
});
