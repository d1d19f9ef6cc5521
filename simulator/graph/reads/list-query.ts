// The query options of a list, read and checked against what the directory supports with and without its index.
import { parseCount, parseTop } from '../../../src/odata/query-options.ts';
import { parseOrderBy } from '../../../src/odata/select.ts';
import { traitsOf } from '../../csdl/property-traits.ts';
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import { type GraphRequest, wantsEventual } from '../exchange.ts';
import { GraphError, refusedRequest, unsupportedQuery } from '../graph-error.ts';
import { expiredPageToken } from '../paging/page-faults.ts';
import { findProperty } from '../property-value.ts';
import { isStoredElsewhere, readSelection, type Selection } from '../rendering/selection.ts';
import { readFilter, readSearch, type Test } from './condition.ts';
import { type Expansion, readExpansion } from './expansion.ts';

export interface ListQuery {
  /** Options as text, without paging tokens; what links and tokens carry. */
  readonly options: Readonly<Record<string, string>>;
  readonly selection: Selection;
  readonly accepts: readonly Test[];
  readonly candidates: readonly DirectoryObject[] | undefined;
  readonly order: { readonly property: string; readonly isDescending: boolean } | undefined;
  readonly expansion: Expansion | undefined;
  /** Rows on a page; undefined where everything is one page. */
  readonly top: number | undefined;
  readonly wantsCount: boolean;
  readonly isEventual: boolean;
}

export interface ListShape {
  readonly types: readonly ObjectType[];
  /** Undefined where `$top` is not supported. */
  readonly maximumTop: number | undefined;
  readonly hasAdvancedQueries: boolean;
  /** Lists of a relationship ask more of a filter or order than sets do. */
  readonly isRelationship: boolean;
}

const defaultTop = 100;
const topWithExpand = 100;
const topWithSignIns = 500;

/** Reads the options of a list request, or those that a page token brought back. */
export function readListQuery(
  request: GraphRequest,
  shape: ListShape,
  options: ReadonlyMap<string, string>,
  isEventual: boolean,
): ListQuery {
  const { directory, version } = request;
  const { types } = shape;
  const filterText = options.get('filter');
  const searchText = options.get('search');
  const orderText = options.get('orderby');
  const countText = options.get('count');
  const wantsCount = countText !== undefined && parseCount(countText);
  const isAdvanced = shape.hasAdvancedQueries && isEventual && (wantsCount || searchText !== undefined);

  if (options.has('skip')) throw refusedRequest("'$skip' is not supported by the service.");
  if (searchText !== undefined && !isEventual) {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  if (shape.isRelationship && !isAdvanced) {
    if (filterText !== undefined) {
      throw unsupportedQuery(
        'The specified filter to the reference property query is currently not supported.',
      );
    }
    if (orderText !== undefined) throw unsupportedQuery('Sorting not supported for current query.');
  }
  if (orderText !== undefined && filterText !== undefined && !isAdvanced) {
    throw unsupportedQuery('Sorting not supported for current query.');
  }

  const expandText = options.get('expand');
  const expansion = expandText === undefined ? undefined : readExpansion(expandText, types, request);
  if (expansion && isAdvanced && (filterText !== undefined || searchText !== undefined))
    throw unsupportedQuery();

  const accepts: Test[] = [];
  let candidates: readonly DirectoryObject[] | undefined;
  if (filterText !== undefined) {
    const filter = readFilter(filterText, { directory, types, isAdvanced });
    accepts.push(filter.accepts);
    candidates = filter.candidates;
  }
  if (searchText !== undefined) accepts.push(readSearch(searchText, types, directory));

  const selection = readSelection(options.get('select'), { directory, types, version });
  requireListable(selection, types, request);

  return {
    options: Object.fromEntries(
      [...options].filter(([name]) => name !== 'skiptoken' && name !== 'deltatoken'),
    ),
    selection,
    accepts,
    candidates,
    order: orderText === undefined ? undefined : readOrder(orderText, types, request),
    expansion,
    top: readTop(options.get('top'), shape, expansion !== undefined, selection),
    wantsCount: wantsCount && isEventual,
    isEventual,
  };
}

/** The header of the first request has to come with every page; the index cannot continue without it. */
export function requireSameConsistency(request: GraphRequest, tokenIsEventual: boolean): void {
  if (tokenIsEventual && !wantsEventual(request)) throw expiredPageToken();
}

function readTop(
  text: string | undefined,
  shape: ListShape,
  hasExpand: boolean,
  selection: Selection,
): number | undefined {
  if (shape.maximumTop === undefined) {
    if (text !== undefined)
      throw unsupportedQuery("The query specified in the URI is not valid. '$top' is not supported.");
    return undefined;
  }
  let top = defaultTop;
  if (text !== undefined) {
    top = parseTop(text);
    if (top < 1 || top > shape.maximumTop) {
      throw unsupportedQuery(
        `Invalid page size specified: '${top}'. Must be between 1 and ${shape.maximumTop} inclusive.`,
      );
    }
  }
  if (hasExpand) top = Math.min(top, topWithExpand);
  if (selectsSignIns(selection)) top = Math.min(top, topWithSignIns);
  return top;
}

function readOrder(text: string, types: readonly ObjectType[], request: GraphRequest): ListQuery['order'] {
  const [term, ...more] = parseOrderBy(text);
  if (!term || more.length > 0) throw unsupportedQuery('Sorting not supported for current query.');
  const name = term.segments.at(-1) ?? '';
  for (const type of types) {
    const property = findProperty(request.directory, type, name);
    if (property && (traitsOf(type, property.name).isSortable || property.name === 'deletedDateTime')) {
      return { property: property.name, isDescending: term.descending };
    }
  }
  throw unsupportedQuery('Sorting not supported for current query.');
}

function selectsSignIns(selection: Selection): boolean {
  return selection.propertiesOf('user').some((property) => property.name === 'signInActivity');
}

/** Some properties can be read one user at a time only, and one only with a permission of its own. */
function requireListable(selection: Selection, types: readonly ObjectType[], request: GraphRequest): void {
  if (selection.text === undefined || !types.includes('user')) return;
  if (selection.propertiesOf('user').some((property) => isStoredElsewhere('user', property.name))) {
    throw new GraphError(501, 'NotImplemented', 'The requested query is not supported for a list of users.');
  }
  requireSignInPermission(selection, request);
}

/** `signInActivity` needs the audit log permission besides the one to read users. */
export function requireSignInPermission(selection: Selection, request: GraphRequest): void {
  if (!selectsSignIns(selection) || request.caller.roles.has('AuditLog.Read.All')) return;
  if (selection.text === undefined) return;
  throw new GraphError(
    403,
    'Authentication_MSGraphPermissionMissing',
    'The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API. For more information about Microsoft Graph permissions, please visit https://learn.microsoft.com/graph/permissions-overview.',
  );
}
