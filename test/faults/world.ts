// What a life of the campaign has around it: a tenant, a store, what is wanted of the one in the other, and processes that do it.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../../simulator/simulator.ts';
import type { BulkThresholds } from '../../src/connectors/entra/full-export.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { urlOf } from '../fixtures/database-url.ts';
import {
  type EngineEnd,
  type EngineStore,
  startCommand,
  startEngine,
  type WatchedProcess,
} from '../fixtures/engine-process.ts';
import type { EngineStep, EngineTask } from '../fixtures/engine-program.ts';
import { connectionTo } from '../fixtures/entra-on-simulator.ts';
import type { SimulatorClient } from '../fixtures/simulator-client.ts';
import type { ExpectedType } from '../fixtures/tenant-contents.ts';

export type World = Readonly<{
  simulator: Simulator;
  controls: SimulatorClient;
  store: WorldStore;
  expected: readonly ExpectedType[];
  /** Whether `syncline` is run, as a user does; it reads in bulk as it always does. */
  isCommand: boolean;
  bulkThresholds: BulkThresholds | undefined;
  tell: (sentence: string) => void;
}>;

/** Where runs keep their data. The database is open here when it outlives them. */
export type WorldStore = Readonly<{ place: EngineStore; database: Database | undefined }>;

/** The connection that is synchronized. */
export const connection = 'campaign';

/** Makes the empty database that every life begins with, in a directory that all accounts can enter. */
export async function makeTemplate(scratch: string): Promise<void> {
  await (await openStore({ dataDirectory: join(scratch, 'template') })).close();
}

export function copyTemplate(scratch: string, dataDirectory: string): void {
  mkdirSync(dataDirectory, { mode: 0o711 });
  const parts = ['database', 'connection.conf'].map((name) => join(scratch, 'template', name));
  execFileSync('cp', ['-pR', ...parts, dataDirectory]);
}

export async function openSharedStore(dataDirectory: string): Promise<WorldStore> {
  const database = await openStore({ dataDirectory });
  return { place: { dataDirectory, databaseUrl: urlOf(database) }, database };
}

export function openStore({ dataDirectory, databaseUrl }: EngineStore): Promise<Database> {
  return openDatabase({ dataDirectory, databaseUrl }, () => {});
}

/** Does a step in a process of its own. */
export function start(
  { isCommand, simulator, store, expected, bulkThresholds }: World,
  step: EngineStep,
): WatchedProcess {
  const task: EngineTask = {
    connection: connectionTo(simulator),
    name: connection,
    entityTypes: expected.map(({ entityType }) => entityType),
    steps: [step],
    ...(bulkThresholds === undefined ? {} : { bulkThresholds }),
  };
  return isCommand ? startCommand(store.place, task, step) : startEngine(store.place, task);
}

/** How a process has ended, in a sentence's part. */
export function describeEnd({ code, signal, complaint, synchronized }: EngineEnd): string {
  const counts = synchronized.flatMap(({ counts }) =>
    counts.map(
      ({ objectClass, inserted, updated, deleted, isFull }) =>
        `${objectClass}${isFull ? ' (full)' : ''} +${inserted} ~${updated} -${deleted}`,
    ),
  );
  const last = complaint.trim().split('\n').at(-1) ?? '';
  return [`ended with ${code ?? signal}`, ...counts, code === 0 ? '' : last].filter(Boolean).join(', ');
}

/** A server that was killed is back in a moment. */
export async function untilAnswered(database: Database | undefined): Promise<void> {
  while (database) {
    try {
      await database.sql`select 1`;
      return;
    } catch {
      await delay(50);
    }
  }
}
