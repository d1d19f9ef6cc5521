// Role definitions and assignments, the newer view on directory roles and their members. Read-only here.
import { compileFilter } from '../../../src/odata/evaluate.ts';
import { parseFilter } from '../../../src/odata/filter.ts';
import type { HttpReply } from '../../http.ts';
import type { Directory } from '../../tenant/directory.ts';
import { isLive, targetsOf } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { resourceNotFound } from '../graph-error.ts';
import { json } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { roleAssignment } from '../writes/role-assignment.ts';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

const definitions = 'roleManagement/directory/roleDefinitions';
const assignments = 'roleManagement/directory/roleAssignments';

export function roleManagementRoutes(): readonly Route[] {
  return [
    ...collectionRoutes(definitions, 'GET /roleManagement/directory/roleDefinitions', roleDefinitions),
    ...collectionRoutes(assignments, 'GET /roleManagement/directory/roleAssignments', roleAssignments),
  ];
}

function collectionRoutes(
  path: string,
  operation: string,
  read: (directory: Directory) => readonly Item[],
): Route[] {
  const row = { method: 'GET', permissions: permissionsFor(operation), cost: 1 } as const;
  return [
    { ...row, path: `/${path}`, run: (request) => listItems(request, path, read(request.directory)) },
    { ...row, path: `/${path}/{id}`, run: (request) => oneItem(request, path, read(request.directory)) },
  ];
}

/** One page; there are some dozens of roles, and few people hold one. */
function listItems(request: GraphRequest, context: string, items: readonly Item[]): HttpReply {
  const filter = request.options.get('filter');
  const accepts = filter === undefined ? () => true : compileFilter<Item>(parseFilter(filter), valueAt);
  const expandsScope = /\bdirectoryScope\b/i.test(request.options.get('expand') ?? '');
  return json(200, {
    '@odata.context': `${request.root}/$metadata#${context}`,
    value: items
      .filter(accepts)
      .map((item) => (expandsScope ? { ...item, directoryScope: tenantScope } : item)),
  });
}

/** What the scope `/` expands to: an object without an identity. */
const tenantScope = { '@odata.type': '#microsoft.graph.directoryObject', id: '/' };

function oneItem(request: GraphRequest, context: string, items: readonly Item[]): HttpReply {
  const key = request.parameters.id ?? '';
  const item = items.find(({ id }) => id === key);
  if (!item) throw resourceNotFound(key);
  return json(200, { '@odata.context': `${request.root}/$metadata#${context}/$entity`, ...item });
}

function valueAt(item: Item, segments: readonly string[]): unknown {
  return segments.length === 1 ? item[segments[0] ?? ''] : undefined;
}

/** A built-in role has the id of its template. */
function roleDefinitions(directory: Directory): readonly Item[] {
  return directory.list('directoryRoleTemplate').places.flatMap((template) =>
    template
      ? {
          id: template.id,
          description: template.values.description,
          displayName: template.values.displayName,
          isBuiltIn: true,
          isEnabled: true,
          resourceScopes: ['/'],
          templateId: template.id,
          version: '1',
          rolePermissions: [],
        }
      : [],
  );
}

function roleAssignments(directory: Directory): readonly Item[] {
  return directory
    .list('directoryRole')
    .places.flatMap((role) =>
      role
        ? [...targetsOf(role, 'members')]
            .filter(isLive)
            .map((principal) => roleAssignment(String(role.values.roleTemplateId), principal.id))
        : [],
    );
}
