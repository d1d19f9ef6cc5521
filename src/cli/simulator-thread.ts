// The simulated tenant in a thread of its own: its heap gets the room that its size needs and no more, and running out
// of it ends in a sentence instead of a crash.
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts';
import { UnusableInput } from '../../simulator/unusable-input.ts';

/** What a client needs to know of a running tenant. */
export type TenantAccess = Readonly<
  Pick<
    Simulator,
    | 'graph'
    | 'authority'
    | 'tenantId'
    | 'clientId'
    | 'clientSecret'
    | 'ca'
    | 'proxy'
    | 'control'
    | 'controlKey'
  > & { liveUsers: number }
>;

export interface SimulatorThread {
  readonly access: TenantAccess;
  /** Resolves, if ever, when the tenant has ended by itself. */
  readonly lost: Promise<Error>;
  stop(): Promise<void>;
}

type Message =
  | { readonly kind: 'ready'; readonly access: TenantAccess }
  | { readonly kind: 'unusable'; readonly sentence: string }
  | { readonly kind: 'stopped' };

/** Bytes of heap for kept pages, for what is on its way to be collected, and for a user with all that comes along. */
const baseBytes = 1024 * 1024 * 1024;
const bytesPerUser = 1_850;
const bytesPerGroup = 1_500;
const bytesPerMembership = 100;

/** Room for what is soon forgotten: making a tenant, and its pages, is mostly that. */
const youngMegabytes = 192;

/** Megabytes of heap that a tenant needs; measured, and rounded up. */
function heapMegabytesFor(options: SimulatorOptions): number {
  const { users = 0, groups = users / 10, memberships = users * 5 } = options;
  const bytes = users * bytesPerUser + groups * bytesPerGroup + memberships * bytesPerMembership;
  return Math.ceil((baseBytes + bytes) / 1024 / 1024);
}

/** Starts a tenant. Throws an `UnusableInput` for options that cannot be, or that the memory does not suffice for. */
export async function startSimulatorThread(options: SimulatorOptions): Promise<SimulatorThread> {
  const heapMegabytes = heapMegabytesFor(options);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: options,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
  });
  const lost = new Promise<Error>((resolve) => {
    worker.once('error', (error) => resolve(explain(error, heapMegabytes)));
  });
  const next = () => new Promise<Message>((resolve) => worker.once('message', resolve));
  const first = await Promise.race([next(), lost]);
  if (first instanceof Error) throw first;
  if (first.kind !== 'ready') {
    await worker.terminate();
    throw new UnusableInput(first.kind === 'unusable' ? first.sentence : 'The tenant did not start.');
  }
  return {
    access: first.access,
    lost,
    async stop() {
      const stopped = next();
      worker.postMessage('stop');
      await Promise.race([stopped, lost]);
      await worker.terminate();
    },
  };
}

function explain(error: unknown, heapMegabytes: number): Error {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new UnusableInput(
      `The tenant does not fit into the ${heapMegabytes} MB of memory that its size stands for: choose fewer --users, --groups or --memberships.`,
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The other side: runs in the thread. */
async function serve(options: SimulatorOptions): Promise<void> {
  const port = parentPort!;
  const post = (message: Message) => port.postMessage(message);
  try {
    // Only here: commands that have nothing to do with a simulator begin sooner without it.
    const { startSimulator } = await import('../../simulator/simulator.ts');
    const simulator = await startSimulator(options);
    port.once('message', async () => {
      await simulator.stop();
      post({ kind: 'stopped' });
    });
    post({ kind: 'ready', access: accessOf(simulator) });
  } catch (error) {
    if (!(error instanceof UnusableInput)) throw error;
    post({ kind: 'unusable', sentence: error.message });
  }
}

/** The access of a tenant, as plain data. */
function accessOf(simulator: Simulator): TenantAccess {
  const { graph, authority, tenantId, clientId, clientSecret, ca, proxy, control, controlKey, directory } =
    simulator;
  const liveUsers = directory.list('user').size - directory.deletedItems('user').size;
  return { graph, authority, tenantId, clientId, clientSecret, ca, proxy, control, controlKey, liveUsers };
}

// This file is both sides; only the thread was given options.
if (parentPort && workerData) await serve(workerData as SimulatorOptions);
