// The doctor's look at the settings: whether they can be read, where they come from, and each connection by itself.
import type { Environment } from '../config.ts';
import { checkEntityTypes } from '../connectors/entra/entity-types.ts';
import { Fault } from '../errors.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { loadSettings, type Settings } from '../settings/settings.ts';
import type { SettingsFile } from '../settings/settings-sources.ts';
import type { Check } from './check-lines.ts';
import { failedCheck } from './machine-checks.ts';

/** What there is to say of the settings and their connections, and the connections that can be used. */
export function checkSettings(
  file: SettingsFile,
  environment: Environment,
): { findings: readonly Check[]; connections: readonly ConnectionSettings[] } {
  const settings = read(file, environment);
  if (settings instanceof Fault) return { findings: [failedCheck('Settings', settings)], connections: [] };
  const { path, isFound, connections, refused, others } = settings;
  if (!isFound) {
    const detail = `there is no file ${path}, so that there is no connection yet`;
    const findings = [{ name: 'Settings', outcome: 'skipped', detail } as const, ...checkSources(settings)];
    return { findings, connections: [] };
  }
  const left = others.length === 0 ? '' : `; left alone, as they are not to Entra: ${others.join(', ')}`;
  const count = connections.size + refused.size;
  const what = count === 1 ? 'one connection to Entra' : `${count} connections to Entra`;
  return {
    findings: [
      { name: 'Settings', outcome: 'ok', detail: `${path} has ${what}${left}` },
      ...checkSources(settings),
      ...checkOpenId(settings),
      ...[...connections.values()].map(checkMapping),
      ...[...refused].map(([name, fault]) => failedCheck(`Connection ${name}`, fault)),
    ],
    connections: [...connections.values()],
  };
}

/** So many settings that come from elsewhere are named, the others are counted. */
const namedOverrides = 20;

/** Where the settings come from, when it is from more than the one file, and what is there and not used. */
function checkSources({ sources, overrides, warnings }: Settings): readonly Check[] {
  const order: Check = {
    name: 'Settings read',
    outcome: 'ok',
    detail: `${sources.map(inSentence).join(', ')}; where several name a setting, the last one wins`,
  };
  const won = overrides.slice(0, namedOverrides).map(
    ({ path, winner, losers }): Check => ({
      name: 'Settings read',
      outcome: 'ok',
      detail: `${path.join(' > ')} is that of ${inSentence(winner)}, not that of ${losers.map(inSentence).join(' or ')}`,
    }),
  );
  const others = overrides.length - won.length;
  if (others > 0)
    won.push({ name: 'Settings read', outcome: 'ok', detail: `and ${others} more such settings` });
  const unread = warnings.map(
    (warning): Check => ({ name: 'Settings', outcome: 'skipped', detail: warning.replace(/\.$/, '') }),
  );
  return [...(sources.length > 1 ? [order] : []), ...won, ...unread];
}

/** A source as it reads within a sentence. */
function inSentence(source: string): string {
  return source.replace(/^The /, 'the ');
}

function checkOpenId({ openId }: Settings): readonly Check[] {
  if (openId === undefined) return [];
  if (openId instanceof Fault) return [failedCheck('OpenId', openId)];
  const { agentIdentifier, clients, defaultClient } = openId;
  const names = [...clients.keys()].join(', ');
  return [
    {
      name: 'OpenId',
      outcome: 'ok',
      detail: `agent ${agentIdentifier}: clients ${names}; ${defaultClient} where none is named`,
    },
  ];
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
