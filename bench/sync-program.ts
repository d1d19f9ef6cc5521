// The Syncline process under measurement: its database and its engine, with nothing of the benchmark in it. Arguments: the data
// directory, and the access of a simulated tenant as JSON. Each line of input is a step to do; each answer is a line of JSON.
import { createInterface } from 'node:readline';
import { settleAllocator } from '../src/cli/memory-allocator.ts';
import { keepHeapSmall } from '../src/cli/small-heap.ts';
import { openEntraConnector } from '../src/connectors/entra/entra-connector.ts';
import { openDatabase } from '../src/store/database.ts';
import { synchronize } from '../src/sync/flow.ts';
import { verify } from '../src/sync/verify.ts';
import { entityTypes } from './sync-mapping.ts';

settleAllocator();

const [dataDirectory = '', accessText = '{}'] = process.argv.slice(2);
const access = JSON.parse(accessText) as Record<
  'graph' | 'authority' | 'tenantId' | 'clientId' | 'clientSecret',
  string
>;

keepHeapSmall();
const database = await openDatabase({ dataDirectory, databaseUrl: undefined }, () => {});
const answer = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
const { host, port } = database.describe();
answer({ host, port });

for await (const step of createInterface({ input: process.stdin })) {
  if (step === 'stop') break;
  const connector = openEntraConnector({
    tenantId: access.tenantId,
    clientId: access.clientId,
    credentials: [{ kind: 'secret', secret: access.clientSecret }],
    addresses: {
      authority: access.authority,
      graph: access.graph,
      scope: 'https://graph.microsoft.com/.default',
    },
  });
  const target = { sql: database.sql, connector, name: 'bench', entityTypes };
  const signal = new AbortController().signal;
  const startedMs = performance.now();
  const result =
    step === 'verify'
      ? await verify(target, { signal, report: () => {} })
      : await synchronize(target, {
          isFull: step === 'full',
          isForced: false,
          signal,
          report: trace(startedMs),
        });
  const seconds = (performance.now() - startedMs) / 1000;
  await connector.close();
  answer({
    seconds,
    counts: 'counts' in result ? result.counts : [],
    isEqual: 'isEqual' in result ? result.isEqual : undefined,
  });
}
process.stdin.destroy();
await database.close();

/** With BENCH_TRACE set, what happens when. */
function trace(startedMs: number) {
  return (progress: { kind: string; objectClass: string }) => {
    if (process.env.BENCH_TRACE === undefined || progress.kind === 'read') return;
    const { kind, objectClass } = progress;
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(2)} ${kind} ${objectClass}\n`);
  };
}
