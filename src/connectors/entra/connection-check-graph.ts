// The last steps of a connection check: Microsoft Graph answers, says whose tenant it is, and gives each entity type.
import type { EntityType } from '../../model/entity-type.ts';
import { findCatalogType } from './catalog.ts';
import type { CheckResult } from './connection-check.ts';
import { type Ask, type Asked, explainSilence } from './connection-check-network.ts';
import type { EntraConnection } from './entra-connection.ts';

/** Whether Graph takes the token; with the tenant's name where the application may see it. */
export async function checkOrganization(
  { addresses }: EntraConnection,
  token: string,
  ask: Ask,
): Promise<CheckResult> {
  const { graph } = addresses;
  const named = { step: 'graph', name: `Microsoft Graph at ${new URL(graph).host}` } as const;
  const asked = await ask(get(`${graph}/organization?$select=id,displayName`, token));
  const { received, remark } = asked;
  if (received.kind === 'document') {
    const { value } = (received.document ?? {}) as { value?: unknown };
    const [organization] = Array.isArray(value) ? (value as { displayName?: unknown }[]) : [];
    const name = organization?.displayName;
    return {
      ...named,
      outcome: 'ok',
      detail: typeof name === 'string' ? `the tenant is ${name}${remark}` : `it answers${remark}`,
    };
  }
  if (received.kind === 'status' && received.status === 403) {
    return {
      ...named,
      outcome: 'ok',
      detail: `it answers; the tenant's name is not for this application to see${remark}`,
    };
  }
  return { ...named, outcome: 'failed', ...explainAnswer(asked) };
}

/** Reads one object of the type, and a delta link. */
export async function checkEntityType(
  { addresses: { graph } }: EntraConnection,
  { name }: EntityType,
  token: string,
  ask: Ask,
): Promise<CheckResult> {
  const named = { step: 'graph', name: `Reading ${name}` } as const;
  const type = findCatalogType(name);
  if (type === undefined)
    return { ...named, outcome: 'skipped', detail: 'Entra exports no such entity type' };
  // Directory roles come all at once; their collection takes no $top.
  const top = name === 'directoryRole' ? '' : '$top=1&';
  for (const target of [
    `${type.path}?${top}$select=id`,
    `${type.path}/delta?$deltatoken=latest&$select=id`,
  ]) {
    const asked = await ask(get(`${graph}${target}`, token));
    if (asked.received.kind === 'document') continue;
    const { detail, remedy } = explainAnswer(asked);
    return { ...named, outcome: 'failed', detail: `${target.replace(/\?.*/, '')}: ${detail}`, remedy };
  }
  return { ...named, outcome: 'ok', detail: `${type.path} and ${type.path}/delta answer` };
}

function get(url: string, token: string) {
  return { method: 'GET', url, headers: { Authorization: `Bearer ${token}` } } as const;
}

function explainAnswer(asked: Asked): Readonly<{ detail: string; remedy: string }> {
  const silence = explainSilence(asked);
  if (silence) return silence;
  const { received, remark } = asked;
  if (received.kind !== 'status') throw new Error(`An answer of kind ${received.kind} needs no explanation.`);
  const detail = `it answers ${received.status} ${received.code}`.trimEnd() + remark;
  if (received.status === 401) {
    return {
      detail: `${detail}, so that it does not take the token`,
      remedy:
        'check that MicrosoftGraphPath and MicrosoftGraphPathApi belong to the same cloud, or leave both out and set Cloud',
    };
  }
  if (received.status === 403) {
    return {
      detail,
      remedy:
        'grant the permission of this type under API permissions of the app registration; a new grant takes effect within an hour',
    };
  }
  return {
    detail,
    remedy: 'correct MicrosoftGraphPathApi, which ends with /v1.0/; not every cloud has every entity type',
  };
}
