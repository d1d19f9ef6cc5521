// What tests of faults stand on: a board with faults switched on, and requests that ask it.
import { manualClock } from '../clock.ts';
import type { Effects } from './effects.ts';
import { faultSchema } from './fault.ts';
import { createFaultBoard } from './fault-board.ts';
import type { FaultRequest } from './request-match.ts';

export const someone = 'a0000000-0000-4000-8000-000000000001';

export function boardWith(...faults: readonly object[]) {
  const clock = manualClock(Date.UTC(2026, 10, 20));
  const board = createFaultBoard({ clock, seed: 1 });
  for (const fault of faults) board.add(faultSchema.parse(fault));
  return { board, clock };
}

/** `GET /users?$top=5`, or `token` for a token request. */
export function asked(line: string, more: Partial<FaultRequest> = {}): FaultRequest {
  const [method = '', address = ''] = line === 'token' ? ['POST', 'token'] : line.split(' ');
  const [path = '', query = ''] = address.split('?');
  return { method, path, query, appId: someone, authorization: 'Bearer one', ...more };
}

export function strikes(fault: object, lines: readonly string[]): Effects[] {
  const { board } = boardWith(fault);
  return lines.map((line) => board.strike(asked(line)));
}
