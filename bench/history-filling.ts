// A long synchronization history of a connection, made by SQL: runs of three classes every five minutes, of which some fail, some
// are full scans, and most change little.
import type { Sql } from 'postgres';

/** Adds so many rows of history to a connection that is there. */
export async function fillHistory(sql: Sql, connection: string, rows: number): Promise<void> {
  const runs = Math.ceil(rows / 3);
  await sql.begin(async (transaction) => {
    await transaction`
      insert into entity_type (connection_id, name, resource_count)
      select connection_id, 'device', 0 from connection where name = ${connection} on conflict do nothing`;
    await transaction`
      create temporary table filled on commit drop as
      with made as (
        insert into run (connection_id, kind, state, message, started_at, ended_at)
        select connection_id, 'synchronize', case when n % 50 = 0 then 'failed' else 'succeeded' end::run_state,
          case when n % 50 = 0 then 'Microsoft Graph answered 503 five times.' end,
          now() - n * interval '5 minutes', now() - n * interval '5 minutes' + interval '40 seconds'
        from connection cross join generate_series(1, ${runs}::int) as n where name = ${connection}
        returning run_id, connection_id, state, message, started_at, ended_at
      )
      select *, row_number() over (order by run_id) as n from made`;
    await transaction`
      insert into run_object_class (run_id, connection_id, object_class, is_full, reason, total, inserted, updated, deleted, filtered,
        started_at, ended_at, state, message)
      select run_id, connection_id, class.name, n % 200 = 0, case when n % 200 = 0 then 'it was asked for' end,
        class.total + n % 97, n % 7, n % 23, n % 5, n % 50, started_at, ended_at - class.place * interval '5 seconds',
        case when state = 'failed' and class.name = 'group' then 'failed' else 'succeeded' end::run_state,
        case when state = 'failed' and class.name = 'group' then message end
      from filled cross join (values ('user', 900000, 1), ('group', 100000, 2), ('device', 40000, 3)) as class (name, total, place)`;
    await transaction`
      insert into run_object_class (run_id, connection_id, object_class, is_full, total, inserted, updated, deleted, filtered,
        started_at, ended_at)
      select run_id, connection_id, 'group.members', n % 200 = 0, 3000000, n % 31, 0, n % 11, 0, started_at, ended_at from filled`;
  });
  // What the server does by itself after a while.
  await sql`vacuum analyze run_object_class`;
  await sql`vacuum analyze run`;
}
