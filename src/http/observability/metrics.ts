/** Metrics for Prometheus: what this server answered, and what the database tells of runs, workers and objects. */

import type { Sql } from 'postgres';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { runStates } from '../../model/job.ts';
import { readAppliedLately, readObservations } from '../../store/observations.ts';
import { readWorkers } from '../../store/workers.ts';

export type Metrics = Readonly<{
  /** Counts a request that was answered. `route` is its pattern, so that there are not as many as there are addresses. */
  recordRequest: (
    request: Readonly<{ method: string; route: string; status: number; seconds: number }>,
  ) => void;
  /** Counts what Microsoft Graph, or somebody in its name, has sent: what was accepted and what was passed over. */
  countNotifications: (notifications: Readonly<{ accepted: number; ignored: number }>) => void;
  contentType: string;
  /** The metrics as text, with what the database says at this moment. */
  render: () => Promise<string>;
}>;

/** How far each look at ended runs goes back beyond the one before: an end is seen a moment after it was. */
const overlapSeconds = 60;

export function createMetrics(sql: Sql, now: () => Date): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'syncline_http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const notifications = new Counter({
    name: 'syncline_notifications_total',
    help: 'Change notifications and lifecycle events that came in, by whether they were accepted or ignored.',
    labelNames: ['outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'syncline_http_request_duration_seconds',
    help: 'How long requests took.',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers,
  });
  const jobRuns = new Gauge({
    name: 'syncline_job_runs',
    help: 'Runs of jobs that the database still knows, by state.',
    labelNames: ['state'],
    registers,
  });
  const queueDepth = new Gauge({
    name: 'syncline_queue_depth',
    help: 'Runs that no worker has taken yet.',
    registers,
  });
  const workers = new Gauge({ name: 'syncline_workers', help: 'Workers that are alive.', registers });
  const waits = new Gauge({
    name: 'syncline_waits',
    help: 'Classes of objects that running tasks wait for, because the source asked for it.',
    registers,
  });
  const resources = new Gauge({
    name: 'syncline_resources',
    help: 'Objects in the store.',
    labelNames: ['connection', 'entity_type'],
    registers,
  });
  const applied = new Counter({
    name: 'syncline_applied_total',
    help: 'Objects and links applied by runs that ended since this server started.',
    labelNames: ['connection', 'object_class', 'change'],
    registers,
  });

  const beginsAtMs = now().getTime();
  let lookedAtMs = beginsAtMs;
  let counted = new Map<number, number>();
  /** Adds what runs applied that ended since the last look; each run once. */
  const addApplied = async () => {
    const nowMs = now().getTime();
    const seconds = Math.min((nowMs - lookedAtMs) / 1000 + overlapSeconds, (nowMs - beginsAtMs) / 1000);
    lookedAtMs = nowMs;
    const fresh = (await readAppliedLately(sql, seconds)).filter(({ runId }) => !counted.has(runId));
    for (const { runId, connection, objectClass, ...changes } of fresh) {
      counted.set(runId, nowMs);
      for (const change of ['inserted', 'updated', 'deleted'] as const) {
        applied.inc({ connection, object_class: objectClass, change }, changes[change]);
      }
    }
    counted = new Map([...counted].filter(([, atMs]) => nowMs - atMs < 4 * overlapSeconds * 1000));
  };
  const setGauges = async () => {
    const observations = await readObservations(sql);
    const countOf = (state: string) => observations.jobRuns.find((row) => row.state === state)?.count ?? 0;
    for (const state of runStates) jobRuns.set({ state }, countOf(state));
    queueDepth.set(countOf('queued'));
    waits.set(observations.waits);
    resources.reset();
    for (const { connection, entityType, count } of observations.resources) {
      resources.set({ connection, entity_type: entityType }, count);
    }
    workers.set((await readWorkers(sql)).length);
  };

  return {
    recordRequest({ method, route, status, seconds }) {
      requests.inc({ method, route, status: String(status) });
      durations.observe({ method, route }, seconds);
    },
    countNotifications({ accepted, ignored }) {
      notifications.inc({ outcome: 'accepted' }, accepted);
      notifications.inc({ outcome: 'ignored' }, ignored);
    },
    contentType: registry.contentType,
    async render() {
      await setGauges();
      await addApplied();
      return await registry.metrics();
    },
  };
}
