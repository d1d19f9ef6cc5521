/** Entra ID as a system to export from: the connector's port over Microsoft Graph. */
import { Fault } from '../../errors.ts';
import type { Connector, ExportEvent, ExportRequest } from '../connector.ts';
import { findCatalogType } from './catalog.ts';
import type { Broken } from './delta-export.ts';
import { checkEntityTypes } from './entity-types.ts';
import type { EntraConnection, SignInEvent } from './entra-connection.ts';
import { type BulkThresholds, exportFull, exportRound, resumeBulk } from './full-export.ts';
import { type GraphClient, openGraphClient } from './graph-client.ts';
import { createItemReader } from './items.ts';
import { readPosition } from './position.ts';
import type { Reading } from './reading.ts';
import { createNotifications } from './subscriptions.ts';

/** How often one entity type may have to start over within a run. Links that die are bad luck, circles do not mend. */
const maximumRestarts: Record<Broken['cause'], number> = { expired: 5, circle: 1 };

/** Opens a tenant for export. Nothing is asked before the first export is read. `onSignIn` is told how each sign-in ended. */
export function openEntraConnector(
  connection: EntraConnection,
  { onSignIn = () => {} }: Readonly<{ onSignIn?: (event: SignInEvent) => void }> = {},
): Connector {
  return createEntraConnector(openGraphClient(connection, { onSignIn }), connection.tenantId.toLowerCase());
}

/** The connector over a client that is open already, and is closed with it; `source` is what names the tenant. */
export function createEntraConnector(
  client: GraphClient,
  source: string,
  thresholds?: BulkThresholds,
): Connector {
  const restarts = new Map<string, number>();
  return {
    source,
    checkMapping: checkEntityTypes,
    async *exportEntityType(request) {
      for await (const event of exportEvents(openReading(client, request), request, thresholds)) {
        if (event.kind !== 'broken') {
          yield event;
          continue;
        }
        const { cause, reason } = event;
        const place = `${cause} ${request.entityType.name}`;
        const count = (restarts.get(place) ?? 0) + 1;
        restarts.set(place, count);
        if (count > maximumRestarts[cause]) {
          throw new Fault(
            'source-failed',
            `The ${request.entityType.name} objects cannot be read to the end: ${reason}, after ${count - 1} new beginning(s) in this run. Try again later.`,
          );
        }
        yield { kind: 'resync', reason };
      }
    },
    notifications: createNotifications(client),
    close: () => client.close(),
  };
}

function exportEvents(
  reading: Reading,
  { start }: ExportRequest,
  thresholds: BulkThresholds | undefined,
): AsyncIterable<ExportEvent | Broken> {
  if (start.kind === 'full') return exportFull(reading, thresholds);
  if (start.kind === 'incremental') {
    if (!isBelow(reading.client.root, start.cookie)) return startOver(otherAddress('delta link'));
    return exportRound(reading, { kind: 'delta link', link: start.cookie }, false);
  }
  const position = readPosition(start.position);
  if (position === undefined) return startOver('The stored position is not one of this version');
  const own = position.kind === 'bulk' ? position.anchor : position.link;
  if (!isBelow(reading.client.root, own)) return startOver(otherAddress('position'));
  if (position.kind === 'bulk') return resumeBulk(reading, position);
  const { link, isFull, tally } = position;
  return exportRound(reading, { kind: 'page link', link }, isFull, tally);
}

/** Whether a link that was stored is one of the Graph that is asked now: the address may have been changed since. */
function isBelow(root: string, link: string): boolean {
  return URL.parse(link)?.origin === URL.parse(root)?.origin;
}

function otherAddress(what: string): string {
  return `the stored ${what} is of another address of Microsoft Graph`;
}

async function* startOver(reason: string): AsyncGenerator<Broken> {
  yield { kind: 'broken', cause: 'expired', reason };
}

function openReading(client: GraphClient, { entityType, signal, onWait }: ExportRequest): Reading {
  const type = findCatalogType(entityType.name);
  if (type === undefined) {
    throw new Fault('mapping-refused', `Entity type ${entityType.name} is none that Entra exports.`);
  }
  return { client, entityType, type, toItem: createItemReader(entityType), signal, onWait };
}
