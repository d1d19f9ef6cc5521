// Open extensions: untyped data of an application beside an object. They are no values of the object: no filter finds
// them and no delta reports them. Source: Microsoft Graph, "openTypeExtension resource type".
import type { DirectoryObject, ObjectType, Values } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { refusedRequest, resourceNotFound } from '../graph-error.ts';
import { json, noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import { readEverything, setOf } from '../resource-sets.ts';
import type { Route } from '../route.ts';
import { requiredText } from './arguments.ts';
import { keyTaken, linkQuotaExceeded } from './write-errors.ts';

interface OpenExtension {
  readonly name: string;
  readonly ownerAppId: string;
  values: Values;
}

/** Extensions of one application on one object, and bytes of one extension. */
const maximumPerApplication = 2;
const maximumBytes = 2048;

const extensionsOf = new WeakMap<DirectoryObject, Map<string, OpenExtension>>();

interface Holder {
  readonly type: ObjectType;
  readonly set: string;
  readonly writePermissions: readonly string[];
}

const holders: readonly Holder[] = [
  { type: 'user', set: 'users', writePermissions: permissionsFor('PATCH /users/{id}') },
  { type: 'group', set: 'groups', writePermissions: permissionsFor('PATCH /groups/{id}') },
  { type: 'device', set: 'devices', writePermissions: permissionsFor('PATCH /devices/{id}') },
  {
    type: 'administrativeUnit',
    set: 'directory/administrativeUnits',
    writePermissions: permissionsFor('PATCH /directory/administrativeUnits/{id}'),
  },
  { type: 'organization', set: 'organization', writePermissions: ['Organization.ReadWrite.All'] },
];

function findHolder(request: GraphRequest, type: ObjectType) {
  const object = findTarget(request.directory, type, request.parameters.id ?? '');
  return { object, extensions: extensionsOf.get(object) ?? new Map<string, OpenExtension>() };
}

function findExtension(request: GraphRequest, type: ObjectType) {
  const holder = findHolder(request, type);
  const key = request.parameters.target ?? '';
  const name = key.replace(/^microsoft\.graph\.openTypeExtension\./i, '').toLowerCase();
  const extension = holder.extensions.get(name);
  if (!extension) throw resourceNotFound(key);
  return { ...holder, extension };
}

function entity({ name, values }: OpenExtension) {
  return { '@odata.type': '#microsoft.graph.openTypeExtension', id: name, extensionName: name, ...values };
}

function readValues(body: Readonly<Record<string, unknown>>): Values {
  const own = ['id', 'extensionname'];
  const values = Object.fromEntries(
    Object.entries(body).filter(([name]) => !name.includes('@') && !own.includes(name.toLowerCase())),
  );
  if (Buffer.byteLength(JSON.stringify(values)) > maximumBytes)
    throw refusedRequest(`An open extension holds ${maximumBytes} bytes at most.`);
  return values;
}

function create(request: GraphRequest, { type, set }: Holder) {
  const { object, extensions } = findHolder(request, type);
  const body = readBody(request);
  const name = requiredText(body, 'openTypeExtension', 'extensionName');
  const values = readValues(body);
  if (extensions.has(name.toLowerCase())) throw keyTaken('An extension already exists with given id.');
  const ownerAppId = request.caller.appId;
  const owned = [...extensions.values()].filter((extension) => extension.ownerAppId === ownerAppId);
  if (owned.length >= maximumPerApplication)
    throw linkQuotaExceeded('extensions', owned.length + 1, maximumPerApplication);
  const extension = { name, ownerAppId, values };
  extensions.set(name.toLowerCase(), extension);
  extensionsOf.set(object, extensions);
  return json(
    201,
    {
      '@odata.context': `${request.root}/$metadata#${set}('${object.id}')/extensions/$entity`,
      ...entity(extension),
    },
    { Location: `${request.root}/${set}/${object.id}/extensions/${encodeURIComponent(name)}` },
  );
}

function routesOf(holder: Holder): Route[] {
  const { type, set, writePermissions } = holder;
  const path = `/${set}/{id}/extensions`;
  const readPermissions = [...(setOf(type)?.readPermissions ?? []), ...readEverything];
  const context = (request: GraphRequest, object: DirectoryObject) =>
    `${request.root}/$metadata#${set}('${object.id}')/extensions`;
  return [
    {
      method: 'GET',
      path,
      permissions: readPermissions,
      cost: 1,
      run: (request) => {
        const { object, extensions } = findHolder(request, type);
        return json(200, {
          '@odata.context': context(request, object),
          value: [...extensions.values()].map(entity),
        });
      },
    },
    {
      method: 'GET',
      path: `${path}/{target}`,
      permissions: readPermissions,
      cost: 1,
      run: (request) => {
        const { object, extension } = findExtension(request, type);
        return json(200, {
          '@odata.context': `${context(request, object)}/$entity`,
          ...entity(extension),
        });
      },
    },
    {
      method: 'POST',
      path,
      permissions: writePermissions,
      cost: 1,
      run: (request) => create(request, holder),
    },
    {
      method: 'PATCH',
      path: `${path}/{target}`,
      permissions: writePermissions,
      cost: 1,
      run: (request) => {
        const { extension } = findExtension(request, type);
        extension.values = readValues(readBody(request));
        return noContent;
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{target}`,
      permissions: writePermissions,
      cost: 1,
      run: (request) => {
        const { extension, extensions } = findExtension(request, type);
        extensions.delete(extension.name.toLowerCase());
        return noContent;
      },
    },
  ];
}

export const openExtensionRoutes: readonly Route[] = holders.flatMap(routesOf);
