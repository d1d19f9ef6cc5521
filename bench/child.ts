// Servers under measurement run in processes of their own, so that the client does not take their time.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Child {
  /** The JSON line that the process printed once it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly startSeconds: number;
  /** Resident memory now and at its highest, in megabytes; NaN where /proc is not to be had. */
  memory(): { readonly nowMegabytes: number; readonly peakMegabytes: number };
  stop(): Promise<void>;
}

/** Starts a Node program and waits for its first line of JSON. */
export async function startChild(args: readonly string[]): Promise<Child> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await firstLine(child);
  return {
    ready: JSON.parse(ready) as Record<string, unknown>,
    startSeconds: (performance.now() - startedMs) / 1000,
    memory: () => memoryOf(child.pid ?? 0),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  });
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
