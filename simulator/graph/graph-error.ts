// The one fault type of the Graph door: every refusal that a client sees is made here, with Graph's own code and words.
// Source: Microsoft Graph "Microsoft Graph error responses and resource types" and the texts that public clients match.

export interface ErrorDetail {
  readonly code: string;
  readonly message?: string;
  readonly target?: string;
}

export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: readonly ErrorDetail[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
  }
}

/** 400 from the gateway: malformed JSON, unknown path, unknown property of a closed type. */
export const badRequest = (message: string) => new GraphError(400, 'BadRequest', message);

/** 400 from the directory: a value or reference that it refuses. */
export const refusedRequest = (message: string, details: readonly ErrorDetail[] = []) =>
  new GraphError(400, 'Request_BadRequest', message, { details });

export const unsupportedQuery = (message = 'Unsupported Query.') =>
  new GraphError(400, 'Request_UnsupportedQuery', message);

export const unknownSegment = (segment: string) =>
  badRequest(`Resource not found for the segment '${segment}'.`);

export const resourceNotFound = (key: string) =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const accessDenied = () =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');

export const methodNotAllowed = () =>
  new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');

export const invalidIdentifier = (text: string) => refusedRequest(`Invalid object identifier '${text}'.`);

/** A name that is no property of an open type; the directory answers, not the gateway. */
export const unknownOpenProperty = (name: string) =>
  unsupportedQuery(`Property '${name}' does not exist as a declared property or extension property.`);

/** Graph's error document. `date` has no zone suffix. */
export function errorDocument(
  error: GraphError,
  context: { readonly nowMs: number; readonly requestId: string; readonly clientRequestId: string },
): object {
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.details.length > 0 ? { details: error.details } : {}),
      innerError: {
        date: new Date(context.nowMs).toISOString().slice(0, 19),
        'request-id': context.requestId,
        'client-request-id': context.clientRequestId,
      },
    },
  };
}
