// One object as an answer.
import type { HttpReply } from '../../http.ts';
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { jsonContentType } from '../json-reply.ts';
import { setOf } from '../resource-sets.ts';
import { createWriter } from './render.ts';
import { readSelection, type Selection } from './selection.ts';

/** An object with its context, as a read, a create or an action answers it. */
export function entityReply(
  request: GraphRequest,
  object: DirectoryObject,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const selection = readSelection(request.method === 'GET' ? request.options.get('select') : undefined, {
    directory: request.directory,
    types: [object.type],
    version: request.version,
  });
  const name = setOf(object.type)?.context ?? `${object.type}s`;
  return objectReply(request, object, selection, {
    context: `${name}${selectionSuffix(selection)}/$entity`,
    withType: false,
    status,
    headers,
  });
}

/** An object under a context of the caller's choice; `extra` is JSON text of more members, such as an expansion. */
export function objectReply(
  request: GraphRequest,
  object: DirectoryObject,
  selection: Selection,
  options: {
    readonly context: string;
    readonly withType: boolean;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly hidden?: ReadonlySet<string>;
    readonly extra?: string;
  },
): HttpReply {
  const text = createWriter(object.type, {
    properties: selection.propertiesOf(object.type),
    withType: options.withType,
    omitsUnset: false,
    ...(options.hidden ? { hidden: options.hidden } : {}),
  })(object);
  const context = `"@odata.context":${JSON.stringify(`${request.root}/$metadata#${options.context}`)}`;
  const members = [context, text.slice(1, -1), options.extra ?? ''].filter((part) => part !== '');
  return {
    status: options.status ?? 200,
    headers: { 'Content-Type': jsonContentType, ...options.headers },
    body: [`{${members.join(',')}}`],
  };
}

/** `(id,displayName)` behind a context when the client selected. */
export function selectionSuffix(selection: Selection): string {
  return selection.text === undefined ? '' : `(${selection.text.replaceAll(' ', '')})`;
}
