// The directory extensions that a tenant knows, whoever defined them.
import type { HttpReply } from '../../http.ts';
import { type DirectoryObject, isLive, sourcesOf } from '../../tenant/directory-object.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { jsonContentType } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import { readSelection } from '../rendering/selection.ts';
import { createTypedWriters } from '../rendering/typed-writers.ts';
import type { Route } from '../route.ts';

export function availableExtensionRoutes(): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/directoryObjects/getAvailableExtensionProperties',
      permissions: permissionsFor('POST /directoryObjects/getAvailableExtensionProperties'),
      cost: 1,
      isQuestion: true,
      run: listAvailable,
    },
  ];
}

function listAvailable(request: GraphRequest): HttpReply {
  const { isSyncedFromOnPremises } = request.http.body.length === 0 ? {} : readBody(request);
  const isWanted = (definition: DirectoryObject) =>
    isSyncedFromOnPremises === undefined ||
    isSyncedFromOnPremises === null ||
    (definition.values.isSyncedFromOnPremises ?? false) === isSyncedFromOnPremises;
  const selection = readSelection(undefined, {
    directory: request.directory,
    types: ['extensionProperty'],
    version: request.version,
  });
  const write = createTypedWriters(selection, request, { withType: false });
  const definitions = request.directory
    .list('extensionProperty')
    .places.filter((definition) => definition !== undefined)
    .filter((definition) => isAvailable(definition) && isWanted(definition));
  const context = JSON.stringify(`${request.root}/$metadata#extensionProperties`);
  return {
    status: 200,
    headers: { 'Content-Type': jsonContentType },
    body: [`{"@odata.context":${context},"value":[${definitions.map(write).join(',')}]}`],
  };
}

/** A definition is hidden while the application that owns it is deleted. */
function isAvailable(definition: DirectoryObject): boolean {
  return isLive(definition) && sourcesOf(definition, 'extensionProperties').every(isLive);
}
