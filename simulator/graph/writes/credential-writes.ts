// Adding and removing the secrets and certificates of applications and service principals.
import type { HttpReply } from '../../http.ts';
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import { findTarget, isGuid } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { refusedRequest } from '../graph-error.ts';
import { json, noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { checkOwnership } from './application-rules.ts';
import { argumentOf } from './arguments.ts';
import { checkProof, createKeyCredential, createPasswordCredential, credentialsIn } from './credentials.ts';
import { readComplexArgument } from './property-input.ts';
import { valueRequired } from './write-errors.ts';

type Credentials = 'passwordCredentials' | 'keyCredentials';

function addPassword(request: GraphRequest, object: DirectoryObject): HttpReply {
  const { directory, http } = request;
  const body = http.body.length === 0 ? {} : readBody(request);
  const given = readComplexArgument(
    'passwordCredential',
    'passwordCredential',
    argumentOf(body, 'passwordCredential') ?? {},
  );
  const credential = createPasswordCredential(object.type, given, directory.clock.now());
  const before = credentialsIn(object.values.passwordCredentials);
  directory.update(object, { passwordCredentials: [...before, credential] });
  return json(200, {
    '@odata.context': `${request.root}/$metadata#microsoft.graph.passwordCredential`,
    ...credential,
  });
}

function addKey(request: GraphRequest, object: DirectoryObject): HttpReply {
  const { directory } = request;
  const body = readBody(request);
  checkProof(object, argumentOf(body, 'proof'), directory.clock.now());
  const given = readComplexArgument('keyCredential', 'keyCredential', argumentOf(body, 'keyCredential'));
  const credential = createKeyCredential(object.type, given);
  const before = credentialsIn(object.values.keyCredentials);
  directory.update(object, { keyCredentials: [...before, credential] });
  return json(200, {
    '@odata.context': `${request.root}/$metadata#microsoft.graph.keyCredential`,
    ...credential,
    key: null,
  });
}

function removeCredential(
  request: GraphRequest,
  object: DirectoryObject,
  credentials: Credentials,
): HttpReply {
  const body = readBody(request);
  if (credentials === 'keyCredentials')
    checkProof(object, argumentOf(body, 'proof'), request.directory.clock.now());
  const keyId = argumentOf(body, 'keyId');
  if (typeof keyId !== 'string' || !isGuid(keyId)) throw valueRequired(object.type, 'keyId');
  const before = credentialsIn(object.values[credentials]);
  const after = before.filter((credential) => String(credential.keyId) !== keyId.toLowerCase());
  if (after.length === before.length) {
    const kind = credentials === 'keyCredentials' ? 'key' : 'password';
    throw refusedRequest(`No ${kind} credential found with keyId '${keyId}'.`);
  }
  request.directory.update(object, { [credentials]: after });
  return noContent;
}

const actions: readonly (readonly [
  name: string,
  run: (request: GraphRequest, object: DirectoryObject) => HttpReply,
])[] = [
  ['addPassword', addPassword],
  ['removePassword', (request, object) => removeCredential(request, object, 'passwordCredentials')],
  ['addKey', addKey],
  ['removeKey', (request, object) => removeCredential(request, object, 'keyCredentials')],
];

const sets: readonly (readonly [type: ObjectType, set: string])[] = [
  ['application', '/applications'],
  ['servicePrincipal', '/servicePrincipals'],
];

export const credentialWrites: readonly Route[] = sets.flatMap(([type, set]) =>
  actions.map(
    ([name, run]): Route => ({
      method: 'POST',
      path: `${set}/{id}/${name}`,
      permissions: permissionsFor(`PATCH ${set}/{id}`),
      cost: 1,
      run: (request) => {
        const object = findTarget(request.directory, type, request.parameters.id ?? '');
        checkOwnership(request, object);
        return run(request, object);
      },
    }),
  ),
);
