// The two documents that describe the service itself: `$metadata` and the service document.
import { directorySchema } from '../csdl/schema.ts';
import type { HttpReply } from '../http.ts';
import { json } from './json-reply.ts';

/** Generic readers look for `microsoft.graph` among several schemas, so a second, empty one stands beside it. */
const secondSchema =
  '<Schema Namespace="microsoft.graph.callRecords" xmlns="http://docs.oasis-open.org/odata/ns/edm" />';

/** `$metadata`: the schema as XML, for anybody. */
export function metadataReply(): HttpReply {
  const xml = directorySchema().xml.replace('</edmx:DataServices>', `${secondSchema}</edmx:DataServices>`);
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body: [xml] };
}

/** The service document: what stands at the root. */
export function serviceDocumentReply(root: string): HttpReply {
  const { entitySets, singletons } = directorySchema();
  return json(200, {
    '@odata.context': `${root}/$metadata`,
    value: [
      ...entitySets.map((name) => ({ name, kind: 'EntitySet', url: name })),
      ...singletons.map((name) => ({ name, kind: 'Singleton', url: name })),
    ],
  });
}
