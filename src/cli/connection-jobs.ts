// The jobs of connections that nobody has written a job for: each follows its connection, at the pace that the settings allow.
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import type { PlannedJob } from '../store/jobs.ts';

/** A job for each connection, with its name; the first run is due at once. */
export function connectionJobs(
  connections: readonly Pick<ConnectionSettings, 'name' | 'follow'>[],
  now: Date,
): readonly PlannedJob[] {
  return connections.map(({ name, follow }) => ({
    identifier: name,
    displayName: `Follow ${name}`,
    schedule: null,
    timeZone: 'UTC',
    follow: { floorSeconds: follow.floorSeconds, ceilingSeconds: follow.ceilingSeconds },
    isIncremental: true,
    isUserStartDenied: false,
    nextRunAt: now,
    tasks: [
      {
        identifier: `${name}_Synchronize`,
        displayName: `Synchronize ${name}`,
        kind: 'synchronize',
        level: 0,
        connections: [name],
        isFull: false,
        isForced: false,
        continuesOnError: false,
        dependsOn: [],
        options: { element: 'SynchronizeTask' },
      },
    ],
  }));
}
