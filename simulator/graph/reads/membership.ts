// Questions about membership that one request answers: getMemberGroups and its relatives, and objects by their ids.
import type { HttpReply } from '../../http.ts';
import { type DirectoryObject, isLive, type ObjectType, objectTypes } from '../../tenant/directory-object.ts';
import { findAnyObject, findTarget, isGuid } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { badRequest, GraphError, refusedRequest } from '../graph-error.ts';
import { json, jsonContentType } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import { readSelection } from '../rendering/selection.ts';
import { createTypedWriters } from '../rendering/typed-writers.ts';
import { directoryObjectTypes, resourceSets, setOf } from '../resource-sets.ts';
import type { Route } from '../route.ts';
import { transitiveMemberOf } from './relations.ts';

const maximumChecked = 20;
const maximumIds = 1000;
/** Groups that one answer may name. */
const maximumGroups = 11_000;

type Question = (request: GraphRequest, object: DirectoryObject) => HttpReply;

const questions: Readonly<Record<string, { readonly cost: number; readonly answer: Question }>> = {
  getMemberGroups: { cost: 2, answer: getMemberGroups },
  getMemberObjects: { cost: 2, answer: getMemberObjects },
  checkMemberGroups: { cost: 4, answer: checkMemberGroups },
  checkMemberObjects: { cost: 4, answer: checkMemberObjects },
};

const askable: readonly ObjectType[] = ['user', 'group', 'servicePrincipal', 'device', 'orgContact'];

const permissions = [
  ...permissionsFor('GET /users/{id}/transitiveMemberOf'),
  'Group.ReadWrite.All',
  'User.ReadBasic.All',
  'Application.Read.All',
  'Device.Read.All',
  'OrgContact.Read.All',
];

export function membershipRoutes(): readonly Route[] {
  const bases = resourceSets
    .filter((set) => askable.includes(set.type))
    .map((set) => ({
      path: `/${set.path}`,
      find: (request: GraphRequest) => findTarget(request.directory, set.type, request.parameters.id ?? ''),
    }));
  const any = {
    path: '/directoryObjects',
    find: (request: GraphRequest) => findAnyObject(request.directory, request.parameters.id ?? ''),
  };
  return [
    ...[...bases, any].flatMap(({ path, find }) =>
      Object.entries(questions).map(
        ([name, { cost, answer }]): Route => ({
          method: 'POST',
          path: `${path}/{id}/${name}`,
          permissions,
          cost,
          isQuestion: true,
          run: (request) => answer(request, find(request)),
        }),
      ),
    ),
    {
      method: 'POST',
      path: '/directoryObjects/getByIds',
      permissions: [
        ...permissionsFor('POST /directoryObjects/getByIds'),
        'Directory.ReadWrite.All',
        ...resourceSets.flatMap((set) => set.readPermissions),
      ],
      cost: 5,
      costWithSelect: 2,
      isQuestion: true,
      run: getByIds,
    },
  ];
}

function strings(request: GraphRequest, values: readonly string[]): HttpReply {
  return json(200, { '@odata.context': `${request.root}/$metadata#Collection(Edm.String)`, value: values });
}

function getMemberGroups(request: GraphRequest, object: DirectoryObject): HttpReply {
  const { securityEnabledOnly } = readBody(request);
  if (typeof securityEnabledOnly !== 'boolean') {
    throw refusedRequest(
      "A value is required for property 'securityEnabledOnly' of resource 'DirectoryObject'.",
    );
  }
  const groups = transitiveMemberOf(object).filter(
    (group) => group.type === 'group' && (!securityEnabledOnly || group.values.securityEnabled === true),
  );
  return limited(request, groups);
}

function getMemberObjects(request: GraphRequest, object: DirectoryObject): HttpReply {
  const { securityEnabledOnly } = readBody(request);
  const objects = transitiveMemberOf(object).filter(
    (group) =>
      securityEnabledOnly !== true || group.type !== 'group' || group.values.securityEnabled === true,
  );
  return limited(request, objects);
}

function limited(request: GraphRequest, objects: readonly DirectoryObject[]): HttpReply {
  if (objects.length > maximumGroups) {
    throw new GraphError(
      403,
      'Directory_ResultSizeLimitExceeded',
      'The specified request results in a response that exceeds the maximum size limit.',
    );
  }
  return strings(
    request,
    objects.map(({ id }) => id),
  );
}

function checkMemberGroups(request: GraphRequest, object: DirectoryObject): HttpReply {
  return check(request, object, 'groupIds', (holder) => holder.type === 'group');
}

function checkMemberObjects(request: GraphRequest, object: DirectoryObject): HttpReply {
  return check(request, object, 'ids', () => true);
}

function check(
  request: GraphRequest,
  object: DirectoryObject,
  parameter: string,
  counts: (holder: DirectoryObject) => boolean,
): HttpReply {
  const ids = readIds(readBody(request)[parameter], parameter, maximumChecked);
  const holders = new Set(
    transitiveMemberOf(object)
      .filter(counts)
      .map(({ id }) => id),
  );
  return strings(
    request,
    ids.filter((id) => holders.has(id)),
  );
}

function getByIds(request: GraphRequest): HttpReply {
  const body = readBody(request);
  const ids = readIds(body.ids, 'ids', maximumIds);
  const types = readTypes(body.types);
  const selection = readSelection(request.options.get('select'), {
    directory: request.directory,
    types: directoryObjectTypes,
    version: request.version,
  });
  const write = createTypedWriters(selection, request, { withType: true });
  const found = ids
    .map((id) => request.directory.find(id))
    .filter((object) => object !== undefined && isLive(object) && types.includes(object.type));
  const context = JSON.stringify(`${request.root}/$metadata#directoryObjects`);
  const items = found.map((object) => write(object as DirectoryObject)).join(',');
  return {
    status: 200,
    headers: { 'Content-Type': jsonContentType },
    body: [`{"@odata.context":${context},"value":[${items}]}`],
  };
}

function readIds(value: unknown, name: string, maximum: number): readonly string[] {
  if (!Array.isArray(value)) throw badRequest(`A value is required for parameter '${name}'.`);
  if (value.length > maximum) {
    throw refusedRequest(
      `The parameter '${name}' has ${value.length} values; at most ${maximum} are allowed.`,
    );
  }
  for (const id of value) {
    if (typeof id !== 'string' || !isGuid(id)) throw refusedRequest(`Invalid object identifier '${id}'.`);
  }
  return [...new Set(value.map((id: string) => id.toLowerCase()))];
}

function readTypes(value: unknown): readonly ObjectType[] {
  const names = Array.isArray(value) ? value.map((name) => String(name).toLowerCase()) : [];
  if (names.length === 0 || names.includes('directoryobject')) return directoryObjectTypes;
  return objectTypes.filter((type) => names.includes(type.toLowerCase()) && setOf(type) !== undefined);
}
