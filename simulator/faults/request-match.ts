// Which requests a fault is about: the target of its kind and the pattern that the user gave, as one question.
import { splitPath } from '../graph/route.ts';
import { type Fault, faultKinds, targetOf } from './fault.ts';

/** A request as faults see it. */
export interface FaultRequest {
  readonly method: string;
  /** Below the service root, as the client wrote it, without the query; `token` for the token endpoint. */
  readonly path: string;
  /** Query string as sent, without the leading `?`. */
  readonly query: string;
  /** Application id of the caller. */
  readonly appId: string;
  /** The Authorization header as sent. */
  readonly authorization: string | undefined;
  /** The body as sent, for references to objects that must not be found yet. */
  readonly body?: Buffer;
  /** Whether it came inside a batch. */
  readonly isPart?: boolean;
}

/** A request with its path in one spelling: lower case, keys as segments, no namespace, no empty parentheses. */
export interface PlainRequest extends FaultRequest {
  readonly segments: readonly string[];
  readonly plainPath: string;
}

const tokenPath = 'token';

export function plainRequest(request: FaultRequest): PlainRequest {
  if (request.path === tokenPath) return { ...request, segments: [], plainPath: tokenPath };
  const segments = splitPath(request.path).map((segment) =>
    segment
      .toLowerCase()
      .replace(/\(\)$/, '')
      .replace(/^(?:microsoft\.graph|graph)\.delta$/, 'delta'),
  );
  return { ...request, segments, plainPath: `/${segments.join('/')}` };
}

/** The question whether a request is one that the fault strikes or at least counts. */
export function matcherOf(fault: Fault): (request: PlainRequest) => boolean {
  const { method, path, app } = fault.match;
  const target = targetOf(fault);
  const { reach } = faultKinds[fault.kind];
  const concernsTokens = target === 'token' || path === tokenPath;
  const pattern = path === undefined || path === tokenPath ? undefined : globPattern(path);
  const property = fault.kind === 'unknownProperty' ? fault.name?.toLowerCase() : undefined;

  return (request) =>
    (request.path === tokenPath) === concernsTokens &&
    !(reach === 'message' && request.isPart === true) &&
    !(reach === 'operation' && isBatch(request)) &&
    (method === undefined || method === request.method) &&
    (app === undefined || app.toLowerCase() === request.appId.toLowerCase()) &&
    (pattern === undefined || pattern.test(request.plainPath)) &&
    isTarget(request, target, property);
}

function isTarget(request: PlainRequest, target: ReturnType<typeof targetOf>, property?: string): boolean {
  switch (target) {
    case 'any':
    case 'graph':
    case 'token':
      return true;
    case 'write':
      return request.method !== 'GET' && !isBatch(request);
    case 'create':
      return request.method === 'POST' && isCollection(request) && request.segments.at(-1) !== '$ref';
    case 'page':
      return isPage(request);
    case 'laterPage':
      return isPage(request) && pageTokenOf(request) !== undefined;
    case 'deltaLink':
      return isDelta(request) && deltaTokenOf(request) !== undefined;
    case 'deltaPage':
      return isDelta(request) && (deltaTokenOf(request) ?? pageTokenOf(request)) !== undefined;
    case 'linkedRound':
      return isDelta(request) && hasLinks(request) && startsRound(request);
    case 'selection':
      return request.method === 'GET' && selectionOf(request).includes(property ?? '');
  }
}

/** Names that end the path of a collection, in lower case. */
const collections: ReadonlySet<string> = new Set(
  [
    'users groups applications servicePrincipals devices directoryRoles directoryRoleTemplates administrativeUnits',
    'contacts directoryObjects deletedItems organization domains subscribedSkus oauth2PermissionGrants',
    'members transitiveMembers memberOf transitiveMemberOf owners registeredOwners registeredUsers ownedObjects',
    'ownedDevices registeredDevices createdObjects directReports appRoleAssignments appRoleAssignedTo',
    'extensionProperties federatedIdentityCredentials delta',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);

function isCollection({ segments }: PlainRequest): boolean {
  const name = segments.findLast(
    (segment) => segment !== '$ref' && !/^(?:microsoft\.graph|graph)\./.test(segment),
  );
  return name !== undefined && collections.has(name);
}

function isPage(request: PlainRequest): boolean {
  return request.method === 'GET' && isCollection(request);
}

function isDelta(request: PlainRequest): boolean {
  return request.method === 'GET' && request.segments.at(-1) === 'delta';
}

/** Types without members, owners and roles have objects that never come in fragments. */
const withoutFragments: ReadonlySet<string> = new Set([
  'users',
  'devices',
  'contacts',
  'oauth2permissiongrants',
]);

function hasLinks({ segments }: PlainRequest): boolean {
  return !withoutFragments.has(segments.at(-2) ?? '');
}

function startsRound(request: PlainRequest): boolean {
  return (
    pageTokenOf(request) === undefined && optionOf(request.query, 'deltatoken')?.toLowerCase() !== 'latest'
  );
}

function isBatch({ segments }: PlainRequest): boolean {
  return segments.at(-1) === '$batch';
}

/** The `$skiptoken` of a nextLink, as sent. */
export function pageTokenOf({ query }: FaultRequest): string | undefined {
  return optionOf(query, 'skiptoken');
}

/** The `$deltatoken` of a deltaLink, as sent; `latest` is none. */
export function deltaTokenOf({ query }: FaultRequest): string | undefined {
  const token = optionOf(query, 'deltatoken');
  return token === '' || token?.toLowerCase() === 'latest' ? undefined : token;
}

/** The body in lower case when it names other objects, as `$ref` and bind annotations do. */
export function referencesOf({ body }: FaultRequest): string | undefined {
  const text = body?.toString('utf8').toLowerCase();
  return text !== undefined && /odata\.(?:id|bind)/.test(text) ? text : undefined;
}

function selectionOf({ query }: FaultRequest): string[] {
  const sent = optionOf(query, 'select') ?? '';
  return sent
    .replace(/%2c/gi, ',')
    .split(',')
    .map((name) => name.replace(/^(?:\+|%20)+|(?:\+|%20)+$/g, '').toLowerCase());
}

/**
 * The value of a query option as sent, whether its name came with `$`, `%24` or bare. The last one counts: clients that
 * compose a link themselves add their token behind the old one.
 */
function optionOf(query: string, name: string): string | undefined {
  const part = query.split('&').findLast((candidate) => {
    const written = candidate.slice(0, Math.max(candidate.indexOf('='), 0));
    return written.replace(/^(?:\$|%24)/, '').toLowerCase() === name;
  });
  return part?.slice(part.indexOf('=') + 1);
}

/** `*` stands for any text within a segment, `**` for any text. */
function globPattern(glob: string): RegExp {
  const source = glob
    .split(/(\*\*?)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 'is');
}
