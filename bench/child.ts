// Servers and programs under measurement run in processes of their own, so that the benchmark does not take their time.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Child {
  readonly pid: number;
  /** The JSON line that the process printed once it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly startSeconds: number;
  /** Writes a line to its input, and gives the next line of JSON that it prints. */
  ask(line: string): Promise<Record<string, unknown>>;
  /** Resident memory now and at its highest, in megabytes; NaN where /proc is not to be had. */
  memory(): { readonly nowMegabytes: number; readonly peakMegabytes: number };
  stop(): Promise<void>;
}

/** Starts a Node program and waits for its first line of JSON. A quiet one has nowhere to complain. */
export async function startChild(args: readonly string[], isQuiet = false): Promise<Child> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', isQuiet ? 'ignore' : 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next();
    if (line.done) throw new Error(`${args[0]} ended without an answer.`);
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  return {
    pid: child.pid ?? 0,
    ready: await next(),
    startSeconds: (performance.now() - startedMs) / 1000,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    memory: () => memoryOf(child.pid ?? 0),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function memoryOf(pid: number): { nowMegabytes: number; peakMegabytes: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
    return { nowMegabytes: read('VmRSS'), peakMegabytes: read('VmHWM') };
  } catch {
    return { nowMegabytes: Number.NaN, peakMegabytes: Number.NaN };
  }
}
