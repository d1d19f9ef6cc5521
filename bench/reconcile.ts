// What reconciling costs: everything linked and nothing to do against a bare full outer join of the same tables, a first run that
// creates everybody against a bare insert of the same rows, and a run of 1,000 changes in a small and in a large directory. Each ratio
// is of two measurements in one run of the benchmark.
// Options: --sources (everything linked), --created, --small, --changes, --rounds, --json.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import postgres, { type Sql } from 'postgres';
import { type Child, startChild } from './child.ts';
import { medianOf } from './median.ts';
import { benchMapping } from './reconcile-mapping.ts';

const { values: options } = parseArgs({
  options: {
    sources: { type: 'string', default: '1000000' },
    created: { type: 'string', default: '100000' },
    small: { type: 'string', default: '10000' },
    changes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const rounds = Number(options.rounds);
const changes = Number(options.changes);

/** What is promised. */
const limits = { linked: 3, created: 4, incremental: 1.25, megabytes: 400 };

async function main(): Promise<void> {
  if (options.only === 'created') {
    await measureCreation(Number(options.created));
    return;
  }
  const created = await measureCreation(Number(options.created));
  const small = await measureLinked(Number(options.small));
  const large = await measureLinked(Number(options.sources));
  const incremental = large.incrementalSeconds / small.incrementalSeconds;
  say(
    `Incremental, ${whole(changes)} changes: ${incremental.toFixed(2)} times as long in ${options.sources} as in ${options.small}.`,
  );
  const report = { created, small, large, incrementalRatio: round(incremental), limits };
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** A first run against an empty directory, and the same rows by one statement for each table. */
async function measureCreation(count: number) {
  const floors: number[] = [];
  const runs: number[] = [];
  let peakMegabytes = 0;
  for (let turn = 0; turn < Math.min(3, rounds); turn++) {
    await withEngine(async (engine, sql) => {
      await fillSource(sql, count);
      // Both write into the same tables with the same indexes.
      await engine.ask('index');
      floors.push(await insertAll(sql));
      const { seconds, counts } = await engine.ask('full');
      expectCount('created', (counts as Counts).target.created, count);
      runs.push(Number(seconds));
      peakMegabytes = Math.max(peakMegabytes, engine.memory().peakMegabytes);
    });
  }
  const [floorSeconds, seconds] = [medianOf(floors), medianOf(runs)];
  const ratio = seconds / floorSeconds;
  say(`${whole(count)} identities created by a first run`);
  row('insert … select of rows, links and log', floorSeconds);
  row(
    'first run',
    seconds,
    `${ratio.toFixed(2)} of that (${listOf(runs)}); the process took ${Math.round(peakMegabytes)} MB`,
  );
  return {
    count,
    floorSeconds: round(floorSeconds),
    seconds: round(seconds),
    ratio: round(ratio),
    peakMegabytes: Math.round(peakMegabytes),
  };
}

type Counts = Readonly<{
  target: Readonly<{ created: number; updated: number; unchanged: number }>;
}>;

/** Everybody linked: nothing to do, and then some changes. */
async function measureLinked(count: number) {
  return await withEngine(async (engine, sql) => {
    await fillSource(sql, count);
    await fillLinked(sql);
    await engine.ask('index');
    const first = await engine.ask('full');
    expectCount('unchanged', (first.counts as Counts).target.unchanged, count);
    await sql`vacuum analyze account_link`;
    await sql`checkpoint`;
    const joins: number[] = [];
    const runs: number[] = [];
    for (let turn = 0; turn < rounds; turn++) {
      joins.push(await joinAll(sql));
      const run = await engine.ask('full');
      expectCount('unchanged', (run.counts as Counts).target.unchanged, count);
      runs.push(Number(run.seconds));
    }
    const incremental: number[] = [];
    await engine.ask('incremental');
    // What the runs before have left to be written is not theirs.
    await sql`checkpoint`;
    for (let turn = 0; turn < 3 * rounds; turn++) {
      await changeSources(sql, turn);
      const run = await engine.ask('incremental');
      expectCount('updated', (run.counts as Counts).target.updated, changes);
      incremental.push(Number(run.seconds));
    }
    const [joinSeconds, seconds, incrementalSeconds] = [
      medianOf(joins),
      medianOf(runs),
      medianOf(incremental),
    ];
    const ratio = seconds / joinSeconds;
    const peakMegabytes = Math.round(engine.memory().peakMegabytes);
    say(`${whole(count)} sources and ${whole(count)} identities, all linked`);
    row('bare full outer join, attributes compared', joinSeconds, listOf(joins));
    row('full run, nothing to do', seconds, `${ratio.toFixed(2)} of that (${listOf(runs)})`);
    row('full run that compares every pair anew', Number(first.seconds));
    row(`incremental run, ${whole(changes)} changes`, incrementalSeconds, listOf(incremental));
    say(`  The process took ${peakMegabytes} MB at the most.`);
    return {
      count,
      joinSeconds: round(joinSeconds),
      seconds: round(seconds),
      ratio: round(ratio),
      anewSeconds: round(Number(first.seconds)),
      incrementalSeconds: round(incrementalSeconds),
      peakMegabytes,
    };
  });
}

async function withEngine<T>(work: (engine: Child, sql: Sql) => Promise<T>): Promise<T> {
  // The embedded server runs as another account where the benchmark runs as root.
  const folder = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
  chmodSync(folder, 0o711);
  const engine = await startChild([join(import.meta.dirname, 'reconcile-program.ts'), join(folder, 'data')]);
  const sql = postgres({ ...connectionOf(folder), max: 1, onnotice: () => {} });
  try {
    return await work(engine, sql);
  } finally {
    await sql.end();
    await engine.ask('stop').catch(() => {});
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** People as an export of Microsoft Entra has them. */
async function fillSource(sql: Sql, count: number): Promise<void> {
  const { source } = benchMapping;
  await sql`insert into connection (name, source) values (${source.connection}, 'bench')`;
  await sql`
    insert into entity_type (connection_id, name, cookie, cookie_at, mapping, resource_count)
    select connection_id, ${source.type}, 'whole', now(), '', ${count} from connection where name = ${source.connection}`;
  await sql`
    insert into resource (entity_type_id, key, attributes)
    select entity_type_id, md5(n::text)::uuid::text, jsonb_build_object('userPrincipalName', 'person' || n || '@contoso.example',
      'mail', 'person' || n || '@contoso.example', 'givenName', 'Given ' || n, 'surname', 'Sur ' || n,
      'displayName', 'Given ' || n || ' Sur ' || n, 'department', 'Department ' || n % 500, 'accountEnabled', n % 20 > 0)
    from entity_type join connection using (connection_id) cross join generate_series(1, ${count}::int) as n
    where connection.name = ${source.connection}`;
  await sql`vacuum analyze resource`;
}

function typesOf(sql: Sql) {
  const { source, target } = benchMapping;
  return sql`(
    select (select entity_type_id from entity_type join connection using (connection_id)
            where connection.name = ${source.connection} and entity_type.name = ${source.type}) as source_type_id,
      (select entity_type_id from entity_type join connection using (connection_id)
       where connection.name = ${target.connection} and entity_type.name = ${target.type}) as target_type_id,
      (select mapping_id from mapping where name = ${benchMapping.name}) as mapping_id) as type`;
}

function mapped(sql: Sql) {
  return sql`jsonb_build_object('userName', attributes->'userPrincipalName', 'mail', attributes->'mail',
    'givenName', attributes->'givenName', 'sn', attributes->'surname')`;
}

/** The rows that a first run makes, in one statement a table, and taken back again. Gives the seconds. */
async function insertAll(sql: Sql): Promise<number> {
  let seconds = Number.NaN;
  await sql
    .begin(async (transaction) => {
      const types = typesOf(transaction as unknown as Sql);
      const attributes = mapped(transaction as unknown as Sql);
      await transaction`
        create temporary table wanted on commit drop as
        select source_type_id, target_type_id, mapping_id, key as source_key, gen_random_uuid()::text as target_key
        from ${types} join resource on entity_type_id = source_type_id`;
      await transaction`analyze wanted`;
      const startedMs = performance.now();
      await transaction`
        insert into resource (entity_type_id, key, attributes)
        select target_type_id, target_key, ${attributes} from wanted join resource on entity_type_id = source_type_id and key = source_key`;
      await transaction`
        insert into account_link (mapping_id, qualifier, source_key, target_key)
        select mapping_id, 'default', source_key, target_key from wanted`;
      await transaction`
        insert into change (set_id, kind, entity_type_id, key, after)
        select 0, 'insert', target_type_id, target_key, ${attributes} from wanted join resource on entity_type_id = source_type_id and key = source_key`;
      seconds = (performance.now() - startedMs) / 1000;
      throw new Error('taken back');
    })
    .catch((error: Error) => {
      if (error.message !== 'taken back') throw error;
    });
  await sql`vacuum resource, account_link, change`;
  await sql`checkpoint`;
  return seconds;
}

/** An identity for everybody, linked. */
async function fillLinked(sql: Sql): Promise<void> {
  await sql`
    insert into account_link (mapping_id, qualifier, source_key, target_key)
    select mapping_id, 'default', key, md5('identity ' || key)::uuid::text from ${typesOf(sql)} join resource on entity_type_id = source_type_id`;
  await sql`
    insert into resource (entity_type_id, key, attributes)
    select target_type_id, target_key, ${mapped(sql)}
    from ${typesOf(sql)} join account_link using (mapping_id) join resource on entity_type_id = source_type_id and key = source_key`;
  await sql`
    insert into taken_value (entity_type_id, attribute, value, key)
    select entity_type_id, 'userName', attributes->>'userName', key from ${typesOf(sql)} join resource on entity_type_id = target_type_id`;
  await sql`
    update entity_type set resource_count = (select count(*) from account_link)
    from ${typesOf(sql)} where entity_type_id = target_type_id`;
  await sql`vacuum analyze resource, account_link, taken_value`;
}

/** Both sides and the links against each other, and the attributes of the mapping compared. Gives the seconds. */
async function joinAll(sql: Sql): Promise<number> {
  const [types] = await sql<{ source_type_id: number; target_type_id: number; mapping_id: number }[]>`
    select * from ${typesOf(sql)}`;
  if (!types) throw new Error('There is nothing to join.');
  const startedMs = performance.now();
  await sql`
    select count(*) from (select * from resource where entity_type_id = ${types.source_type_id}) as source
      full join (select * from account_link where mapping_id = ${types.mapping_id}) as link on link.source_key = source.key
      full join (select * from resource where entity_type_id = ${types.target_type_id}) as target on target.key = link.target_key
    where source.attributes->'userPrincipalName' is distinct from target.attributes->'userName'
      or source.attributes->'mail' is distinct from target.attributes->'mail'
      or source.attributes->'givenName' is distinct from target.attributes->'givenName'
      or source.attributes->'surname' is distinct from target.attributes->'sn'`;
  return (performance.now() - startedMs) / 1000;
}

/** Gives some people other first names, as a synchronization does. */
async function changeSources(sql: Sql, turn: number): Promise<void> {
  await sql`
    with chosen as (
      select entity_type_id, key, jsonb_build_object('givenName', 'Renamed ' || ${String(turn)}::text) as after
      from ${typesOf(sql)} join resource on entity_type_id = source_type_id
      where key >= ${turn.toString(16)} order by key limit ${changes}
    ),
    stored as (
      update resource set attributes = attributes || after from chosen
      where resource.entity_type_id = chosen.entity_type_id and resource.key = chosen.key)
    insert into change (set_id, kind, entity_type_id, key, before, after)
    select 0, 'update', entity_type_id, key, '{}', after from chosen`;
}

/** The embedded database, by the file that it writes for those who look into it. */
function connectionOf(folder: string): postgres.Options<Record<string, never>> {
  const lines = readFileSync(join(folder, 'data', 'connection.conf'), 'utf8').matchAll(/^(\w+)=(.*)$/gm);
  const { host, port, user, password, dbname } = Object.fromEntries(
    [...lines].map(([, key, value]) => [key, value]),
  );
  return { host, port: Number(port), user, password, database: dbname };
}

function expectCount(what: string, count: number, expected: number): void {
  if (count !== expected)
    throw new Error(`${whole(count)} were ${what} where ${whole(expected)} should have been.`);
}

function listOf(seconds: readonly number[]): string {
  return seconds.map((one) => one.toFixed(2)).join(', ');
}

function row(what: string, seconds: number, remark = ''): void {
  say(`  ${what.padEnd(44)}${seconds.toFixed(2).padStart(8)} s  ${remark}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

await main();
