// The Syncline process under measurement: its database and its reconciliation, with nothing of the benchmark in it. Argument: the data
// directory. Each line of input is a mode of a run to make; each answer is a line of JSON.
import { createInterface } from 'node:readline';
import { settleAllocator } from '../src/cli/memory-allocator.ts';
import { openOrderTarget } from '../src/cli/processing.ts';
import { keepHeapSmall } from '../src/cli/small-heap.ts';
import type { ReconciliationMode } from '../src/model/reconciliation.ts';
import type { ReconciliationProgress } from '../src/reconciliation/progress.ts';
import { reconcile } from '../src/reconciliation/reconcile.ts';
import { ensureCorrelationIndexes } from '../src/store/correlation-indexes.ts';
import { openDatabase } from '../src/store/database.ts';
import { createMapping } from '../src/store/mappings.ts';
import { transact } from '../src/store/transaction.ts';
import { benchMapping } from './reconcile-mapping.ts';

settleAllocator();

const [dataDirectory = ''] = process.argv.slice(2);
keepHeapSmall();
const database = await openDatabase({ dataDirectory, databaseUrl: undefined }, () => {});
const { sql } = database;
await transact(sql, (transaction) =>
  createMapping(transaction, {
    definition: benchMapping,
    applicationId: null,
    origin: 'command',
    createdBy: 'the benchmark',
  }),
);
const answer = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({});

for await (const step of createInterface({ input: process.stdin })) {
  if (step === 'stop') break;
  const startedMs = performance.now();
  if (step === 'index') {
    const [type] = await sql<{ entityTypeId: number }[]>`
      select entity_type_id from entity_type join connection using (connection_id)
      where source = 'identities' and entity_type.name = 'alpha_user'`;
    await ensureCorrelationIndexes(sql, type?.entityTypeId ?? 0, ['userName']);
    answer({ seconds: (performance.now() - startedMs) / 1000 });
    continue;
  }
  const { counts, state } = await reconcile(
    { sql, openOrderTarget: (connection) => openOrderTarget(database, connection), now: () => new Date() },
    {
      mapping: benchMapping.name,
      mode: step as ReconciliationMode,
      isDryRun: false,
      isForced: true,
      parameters: {},
      startedBy: 'the benchmark',
      signal: new AbortController().signal,
      report: trace(startedMs),
    },
  );
  answer({ seconds: (performance.now() - startedMs) / 1000, state, counts });
}
process.stdin.destroy();
await database.close();

/** With BENCH_TRACE set, what happens when. */
function trace(startedMs: number) {
  let last = '';
  return ({ stage, processed, total }: ReconciliationProgress) => {
    if (process.env.BENCH_TRACE === undefined || stage === last) return;
    last = stage;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(2);
    process.stderr.write(`${seconds} ${stage} ${processed} of ${total}\n`);
  };
}
