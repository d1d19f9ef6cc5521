/** The dashboard: what waits for a person, whether data is fresh, and what changed; each caller sees the parts that they may see. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { expiringProfiles, readProfileNames } from '../../store/credential-profiles.ts';
import {
  type BlockedConnection,
  type ConnectionActivity,
  readAdministrationCounts,
  readBlockedConnections,
  readChangeMarkers,
  readChangeSeries,
  readConnectionActivity,
  readOperationCounts,
  readRereads,
  readSubscriptionProblems,
} from '../../store/dashboard.ts';
import { readTenantOverviews, type TenantOverview } from '../../store/tenant-overviews.ts';
import { readWorkers } from '../../store/workers.ts';
import { needs } from '../authentication.ts';
import { isGranted, type Permission } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import {
  type Attention,
  changeSeriesSchema,
  dashboardSchema,
  type TenantLine,
} from '../schemas/dashboard.ts';
import type { TenantDoor } from '../tenant-door.ts';
import { requireTimeZone, timeZoneShape } from '../zoned-times.ts';
import { ok, problems, text, textOrNull } from './route-parts.ts';

export type DashboardRoutes = Readonly<{
  sql: Sql;
  door: Pick<TenantDoor, 'readConfigured'>;
  now: () => Date;
}>;

/** Credentials that end so soon are told of. */
const warnedDays = 30;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const tags = ['Dashboard'];

export function addDashboardRoutes(app: OpenAPIHono<ApiEnv>, { sql, door, now }: DashboardRoutes): void {
  const dashboard = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/dashboard',
    tags,
    summary: 'Get how everything is doing',
    responses: { 200: ok('What the dashboard shows.', dashboardSchema), ...problems() },
  });
  app.openapi(dashboard, async (c) => {
    const at = now();
    const { permissions } = c.get('caller');
    const ifGranted = async <T>(permission: Permission, read: () => Promise<T>): Promise<T | null> =>
      isGranted(permissions, permission) ? await read() : null;
    const [tenants, blocked, activity, problemsOfGraph, rereads, administration, days] = await Promise.all([
      readTenantOverviews(sql, door.readConfigured()),
      readBlockedConnections(sql),
      readConnectionActivity(sql, at),
      readSubscriptionProblems(sql),
      readRereads(sql, at),
      readAdministrationCounts(sql, at),
      readChangeSeries(sql, { ...lastTwoDays(at), bucket: 'hour', timeZone: 'UTC' }),
    ]);
    const [workers, operations, expiring, profiles] = await Promise.all([
      ifGranted('/Syncline/Workers', () => readWorkers(sql)),
      ifGranted('/Jobs/JobInstance/Query', () => readOperationCounts(sql, at)),
      ifGranted('/Syncline/CredentialProfiles/Query', () => expiringProfiles(sql, at, warnedDays)),
      ifGranted('/Syncline/CredentialProfiles/Query', () => readProfileNames(sql)),
    ]);
    const lines = tenants.map((tenant) => toLine(tenant, blocked, activity, at));
    const attention: Attention[] = [
      ...(workers?.length === 0 ? [{ ...nothing, kind: 'no-worker' as const }] : []),
      ...blocked.map(({ connection, reasons, blockedAt, jobRunId }) => ({
        ...nothing,
        kind: 'blocked' as const,
        subject: connection,
        message: reasons.join('; '),
        since: text(blockedAt),
        jobRunId,
      })),
      ...lines.filter(isFailing).map(({ name, message, lastSyncStart, lastSuccessAt }) => ({
        ...nothing,
        kind: 'failing' as const,
        subject: name,
        message,
        since: lastSuccessAt ?? lastSyncStart,
      })),
      ...(expiring ?? []).map(({ profileName, profileId, label, expiresAt }) => ({
        ...nothing,
        kind: expiresAt <= at ? ('credential-expired' as const) : ('credential-expiring' as const),
        subject: profileName,
        profileId,
        label,
        since: text(expiresAt),
      })),
      ...problemsOfGraph.map(({ connection, resource, problem }) => ({
        ...nothing,
        kind: 'subscription' as const,
        subject: connection,
        label: resource,
        message: problem,
      })),
      ...rereads.map(({ connection, objectClass, reason, at: readAt }) => ({
        ...nothing,
        kind: 'token-lost' as const,
        subject: connection,
        label: objectClass,
        message: reason,
        since: text(readAt),
      })),
    ];
    const hours = days.map(({ inserted, updated, deleted }) => inserted + updated + deleted);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    return c.json(
      {
        at: text(at),
        attention,
        tiles: {
          integrations: countHealth(lines),
          objects: sum(tenants.map(({ objects }) => objects)),
          changes: {
            today: sum(hours.slice(24)),
            dayBefore: sum(hours.slice(0, 24)),
            hours: hours.slice(24),
          },
          failures: operations && {
            today: operations.failedToday,
            dayBefore: operations.failedDayBefore,
            hours: [...operations.failures],
          },
        },
        tenants: lines,
        workers: workers && { alive: workers.length },
        profiles: profiles && { count: profiles.length },
        administration: {
          jobs: operations && {
            count: administration.jobs,
            running: operations.running,
            queued: operations.queued,
            blocked: operations.blocked,
          },
          connectors: isGranted(permissions, '/Connectors/Connector/Query')
            ? { count: administration.connections }
            : null,
          configuration: isGranted(permissions, '/Syncline/Configuration/Query')
            ? { revision: administration.revision, deployedAt: textOrNull(administration.deployedAt) }
            : null,
          audit: isGranted(permissions, '/Syncline/Audit') ? { today: administration.auditToday } : null,
        },
      },
      200,
    );
  });

  addChanges(app, sql, now);
}

const longestSpanMs = { hour: 31 * dayMs, day: 400 * dayMs };

function addChanges(app: OpenAPIHono<ApiEnv>, sql: Sql, now: () => Date): void {
  const time = z.iso
    .datetime({ offset: true, error: 'write a time such as 2026-11-29T06:30:00Z' })
    .transform((written) => new Date(written))
    .optional()
    .openapi({ type: 'string', format: 'date-time' });
  const route = createRoute({
    ...needs(sql, '/Syncline/Integrations/Query'),
    method: 'get',
    path: '/api/dashboard/changes',
    tags,
    summary: 'Get how much changed, hour by hour or day by day',
    request: {
      query: z.strictObject({
        from: time,
        to: time,
        bucket: z.enum(['hour', 'day']).default('hour'),
        connection: z.string().min(1).max(200).optional(),
        timeZone: timeZoneShape,
      }),
    },
    responses: { 200: ok('The series, and what explains its leaps.', changeSeriesSchema), ...problems() },
  });
  app.openapi(route, async (c) => {
    const { from: wantedFrom, to: wantedTo, bucket, connection, timeZone } = c.req.valid('query');
    const to = wantedTo ?? nextHour(now());
    const from = wantedFrom ?? new Date(to.getTime() - dayMs);
    const spanMs = to.getTime() - from.getTime();
    if (spanMs <= 0 || spanMs > longestSpanMs[bucket]) {
      throw new Refusal(
        'request-invalid',
        `The time from ${text(from)} to ${text(to)} is no span of at most ${longestSpanMs[bucket] / dayMs} days: choose another, or days instead of hours.`,
        { field: 'query.from' },
      );
    }
    const span = { from, to, bucket, timeZone: requireTimeZone(timeZone), connection };
    const [series, markers] = await Promise.all([readChangeSeries(sql, span), readChangeMarkers(sql, span)]);
    return c.json(
      {
        from: text(from),
        to: text(to),
        bucket,
        series: series.map(({ at, ...counts }) => ({ ...counts, at: text(at) })),
        markers: markers.map(({ at, ...marker }) => ({ ...marker, at: text(at) })),
      },
      200,
    );
  });
}

const nothing = { subject: null, message: null, since: null, jobRunId: null, profileId: null, label: null };

/** Whole hours, the one that has begun included. */
function lastTwoDays(now: Date): Readonly<{ from: Date; to: Date }> {
  const to = nextHour(now);
  return { from: new Date(to.getTime() - 2 * dayMs), to };
}

function nextHour(now: Date): Date {
  return new Date((Math.floor(now.getTime() / hourMs) + 1) * hourMs);
}

function toLine(
  tenant: TenantOverview,
  blocked: readonly BlockedConnection[],
  activity: readonly ConnectionActivity[],
  now: Date,
): TenantLine {
  const isOfTenant = (name: string) => name.toLowerCase() === tenant.name.toLowerCase();
  const block = blocked.find(({ connection }) => isOfTenant(connection));
  const found = activity.find(({ connection }) => isOfTenant(connection));
  const lastSuccessAt = found?.lastSuccessAt ?? null;
  return {
    name: tenant.name,
    isEnabled: tenant.isEnabled,
    // What waits for a person stays so, whatever a run that was turned away says.
    status: block === undefined ? tenant.lastSyncStatus : 'blocked',
    message: block === undefined ? tenant.lastSyncMessage : block.reasons.join('; '),
    lastSyncStart: textOrNull(tenant.lastSyncStart),
    lastSuccessAt: textOrNull(lastSuccessAt),
    lagSeconds:
      lastSuccessAt === null
        ? null
        : Math.max(0, Math.round((now.getTime() - lastSuccessAt.getTime()) / 1000)),
    objects: { ...found?.objects },
    changes: [...(found?.changes ?? [])],
    runningJobRunId: tenant.runningJobRunId,
  };
}

function isFailing({ isEnabled, status }: TenantLine): boolean {
  return isEnabled && (status === 'failed' || status === 'interrupted');
}

function countHealth(lines: readonly TenantLine[]) {
  const enabled = lines.filter(({ isEnabled }) => isEnabled);
  const blocked = lines.filter(({ status }) => status === 'blocked').length;
  const failing = lines.filter(isFailing).length;
  const waiting = enabled.filter(
    (line) => !isFailing(line) && line.status !== 'blocked' && line.lastSuccessAt === null,
  ).length;
  const disabled = lines.filter(({ isEnabled, status }) => !isEnabled && status !== 'blocked').length;
  return {
    total: lines.length,
    healthy: lines.length - blocked - failing - waiting - disabled,
    blocked,
    failing,
    disabled,
    waiting,
  };
}
