// The simulator's own door: moves time, switches faults and limits, changes the tenant, and tells what happened.
// It is behind a key, because whoever may use it may do anything with the tenant.
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { graphInstant } from './clock.ts';
import type { Fault } from './faults/fault.ts';
import type { FaultBoard } from './faults/fault-board.ts';
import { readDocument } from './faults/json-document.ts';
import { readFault, readScenario } from './faults/scenario.ts';
import { type HttpReply, type HttpRequest, jsonReply } from './http.ts';
import { type Quota, quotaSizes } from './limits/quota.ts';
import { type RequestLog, rememberedRequests } from './request-log.ts';
import type { Directory } from './tenant/directory.ts';
import { objectTypes } from './tenant/directory-object.ts';
import { UnusableInput } from './unusable-input.ts';

export interface ControlParts {
  /** The bearer key that the caller must present. */
  readonly key: string;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly faults: FaultBoard;
  readonly quota: Quota;
  readonly requests: RequestLog;
  /** Makes so many changes in the tenant now, and says how many of each kind. */
  readonly churn: (changes: number) => object;
  /** Throws an `UnusableInput` for faults that this tenant cannot have. */
  readonly requirePossible: (faults: readonly Fault[]) => void;
  /** Endpoints that other parts of the simulator bring along. */
  readonly more: ControlEndpoints;
}

/** Answers a request below `/simulator`; undefined for every other path. */
export type Control = (request: HttpRequest) => HttpReply | undefined;

type Answer = (request: HttpRequest) => HttpReply;

/** By path below the root, then by method. An answer may throw an `UnusableInput`. */
export type ControlEndpoints = Readonly<Record<string, Readonly<Record<string, Answer>>>>;

const root = '/simulator';
const bodyName = 'The request body';
const maxAdvanceSeconds = 10 * 365 * 86_400;
const defaultLast = 100;

const clockSchema = z.strictObject({ advanceSeconds: z.int().min(0).max(maxAdvanceSeconds) });
const churnSchema = z.strictObject({ changes: z.int().min(1).max(1_000_000) });
const limitsSchema = z.strictObject({ size: z.enum(quotaSizes) });

export function createControl(parts: ControlParts): Control {
  const { clock, directory, faults, quota, requests } = parts;
  const keyDigest = digest(parts.key);
  const listFaults = () => jsonReply(200, { faults: faults.list() });

  const endpoints: ControlEndpoints = {
    '/clock': {
      POST(request) {
        clock.advance(readControlBody(request, clockSchema).advanceSeconds * 1000);
        // Time that has passed must show: old deletions are purged, old changes forgotten.
        directory.expire();
        return jsonReply(200, { now: graphInstant(clock.now()) });
      },
    },
    '/faults': {
      GET: listFaults,
      PUT(request) {
        const scenario = readScenario(textOf(request), bodyName);
        parts.requirePossible(scenario.faults);
        faults.load(scenario);
        return listFaults();
      },
      POST(request) {
        const fault = readFault(textOf(request), bodyName);
        parts.requirePossible([fault]);
        return jsonReply(201, faults.add(fault));
      },
      DELETE() {
        faults.clear();
        return listFaults();
      },
    },
    '/churn': {
      POST: (request) => jsonReply(200, parts.churn(readControlBody(request, churnSchema).changes)),
    },
    '/limits': {
      PUT(request) {
        const { size } = readControlBody(request, limitsSchema);
        quota.resize(size);
        return jsonReply(200, { size });
      },
    },
    '/requests': {
      GET: (request) =>
        jsonReply(200, { total: requests.total, requests: requests.last(readLast(request.query)) }),
    },
    '/state': {
      GET: () =>
        jsonReply(200, {
          tenantId: directory.tenantId,
          now: graphInstant(clock.now()),
          transaction: directory.tx,
          limits: quota.size,
          faults: faults.list().length,
          requests: requests.total,
          objects: countObjects(directory),
        }),
    },
    ...parts.more,
  };

  return (request) => {
    if (request.path !== root && !request.path.startsWith(`${root}/`)) return undefined;
    if (!isKey(request.headers.authorization, keyDigest)) {
      return refusal(401, 'Present the control key of this simulator as "Authorization: Bearer KEY".', {
        'WWW-Authenticate': 'Bearer',
      });
    }
    const endpoint = endpoints[request.path.slice(root.length)];
    if (!endpoint) {
      const known = Object.keys(endpoints).map((path) => root + path);
      return refusal(404, `There is no ${request.path}: the control endpoints are ${known.join(', ')}.`);
    }
    const answer = endpoint[request.method];
    if (!answer) {
      const allowed = Object.keys(endpoint).join(', ');
      return refusal(405, `${request.path} takes ${allowed}, not ${request.method}.`, { Allow: allowed });
    }
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof UnusableInput) return refusal(400, error.message);
      throw error;
    }
  };
}

function refusal(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return jsonReply(status, { error }, headers);
}

/** Both sides are hashed, so that the comparison takes the same time whatever was sent. */
function isKey(header: string | undefined, keyDigest: Buffer): boolean {
  const sent = /^bearer +(.*)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(sent), keyDigest);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function textOf(request: HttpRequest): string {
  return request.body.toString('utf8');
}

/** What the caller sent, or an `UnusableInput` that says what is wrong with it. */
export function readControlBody<Shape extends z.ZodRawShape>(
  request: HttpRequest,
  schema: z.ZodObject<Shape>,
): z.output<z.ZodObject<Shape>> {
  return readDocument(textOf(request), bodyName, schema, () => Object.keys(schema.shape));
}

function readLast(query: string): number {
  const last = new URLSearchParams(query).get('last');
  if (last === null) return defaultLast;
  const count = /^\d{1,6}$/.test(last) ? Number(last) : 0;
  if (count >= 1 && count <= rememberedRequests) return count;
  throw new UnusableInput(
    `The option last is ${JSON.stringify(last)}: it must be a whole number from 1 to ${rememberedRequests}.`,
  );
}

/** Live and soft-deleted objects of each type that has any. */
function countObjects(directory: Directory): Record<string, { live: number; deleted: number }> {
  const counts: Record<string, { live: number; deleted: number }> = {};
  for (const type of objectTypes) {
    const deleted = directory.deletedItems(type).size;
    const live = directory.list(type).size - deleted;
    if (live > 0 || deleted > 0) counts[type] = { live, deleted };
  }
  return counts;
}
