// Devices: registering, updating, deleting for good.
import { randomUUID } from 'node:crypto';
import { graphInstant } from '../../clock.ts';
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { createdReply } from './created-reply.ts';
import { readProperties } from './property-input.ts';
import { conflictingObject, invalidValue } from './write-errors.ts';

const required = [
  'accountEnabled',
  'alternativeSecurityIds',
  'deviceId',
  'displayName',
  'operatingSystem',
  'operatingSystemVersion',
];

/** Creates the device that a body describes. */
export function createDevice(request: GraphRequest, body: Record<string, unknown>): DirectoryObject {
  const { directory } = request;
  const { values } = readProperties(body, { directory, type: 'device', required });
  const keys = values.alternativeSecurityIds as readonly unknown[];
  if (keys.length === 0) throw invalidValue('device', 'alternativeSecurityIds');
  if (directory.findBy('device', 'deviceId', String(values.deviceId))) throw conflictingObject();
  const registrationDateTime = graphInstant(directory.clock.now());
  return directory.insert('device', randomUUID(), {
    profileType: 'RegisteredDevice',
    registrationDateTime,
    ...values,
  });
}

function updateDevice(request: GraphRequest) {
  const { directory } = request;
  const device = findTarget(directory, 'device', request.parameters.id ?? '');
  const { values } = readProperties(readBody(request), { directory, type: 'device', object: device });
  directory.update(device, values);
  return noContent;
}

export const deviceWrites: readonly Route[] = [
  {
    method: 'POST',
    path: '/devices',
    permissions: permissionsFor('POST /devices'),
    cost: 1,
    run: (request) => createdReply(request, createDevice(request, readBody(request))),
  },
  {
    method: 'PATCH',
    path: '/devices/{id}',
    permissions: permissionsFor('PATCH /devices/{id}'),
    cost: 1,
    run: updateDevice,
  },
  {
    method: 'DELETE',
    path: '/devices/{id}',
    permissions: permissionsFor('DELETE /devices/{id}'),
    cost: 1,
    run: (request) => {
      request.directory.purge(findTarget(request.directory, 'device', request.parameters.id ?? ''));
      return noContent;
    },
  },
];
