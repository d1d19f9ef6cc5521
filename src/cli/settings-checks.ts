// The doctor's look at the settings file: whether it can be read, and each connection in it by itself.
import type { Environment } from '../config.ts';
import { checkEntityTypes } from '../connectors/entra/entity-types.ts';
import { Fault } from '../errors.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings, type Settings, type SettingsFile } from '../settings/settings.ts';
import type { Check } from './check-lines.ts';
import { failedCheck } from './machine-checks.ts';

/** What there is to say of the file and its connections, and the connections that can be used. */
export function checkSettings(
  file: SettingsFile,
  environment: Environment,
): { findings: readonly Check[]; connections: readonly ConnectionSettings[] } {
  const settings = read(file, environment);
  if (settings instanceof Fault) return { findings: [failedCheck('Settings', settings)], connections: [] };
  const { path, isFound, connections, refused, others } = settings;
  if (!isFound) {
    const detail = `there is no file ${path}, so that there is no connection yet`;
    return { findings: [{ name: 'Settings', outcome: 'skipped', detail }], connections: [] };
  }
  const left = others.length === 0 ? '' : `; left alone, as they are not to Entra: ${others.join(', ')}`;
  const count = connections.size + refused.size;
  const what = count === 1 ? 'one connection to Entra' : `${count} connections to Entra`;
  return {
    findings: [
      { name: 'Settings', outcome: 'ok', detail: `${path} has ${what}${left}` },
      ...[...connections.values()].map(checkMapping),
      ...[...refused].map(([name, fault]) => failedCheck(`Connection ${name}`, fault)),
    ],
    connections: [...connections.values()],
  };
}

function read(file: SettingsFile, environment: Environment): Settings | Fault {
  try {
    return loadSettings(file, environment);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function checkMapping({ name, entra, entityTypes }: ConnectionSettings): Check {
  const named = { name: `Connection ${name}` };
  const [mistake, ...others] = checkEntityTypes(entityTypes);
  if (mistake !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more like it)`;
    return failedCheck(named.name, new Fault('mapping-refused', `${mistake}${more}`));
  }
  const types = entityTypes.map((type) => type.name).join(', ');
  return {
    ...named,
    outcome: 'ok',
    detail: `tenant ${entra.tenantId}: ${types}; try it with test-connection`,
  };
}
