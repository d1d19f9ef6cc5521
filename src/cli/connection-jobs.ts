// The jobs of connections that nobody has written a job for: each follows its connection, at the pace that the settings allow.
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import type { PlannedJob } from '../store/jobs.ts';
import { followJob } from '../store/tenant-jobs.ts';

/** A job for each connection, with its name; the first run is due at once. */
export function connectionJobs(
  connections: readonly Pick<ConnectionSettings, 'name' | 'follow'>[],
  now: Date,
): readonly PlannedJob[] {
  return connections.map(({ name, follow }) => followJob(name, follow, now));
}
