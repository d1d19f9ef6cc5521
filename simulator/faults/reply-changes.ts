// Faults that only touch a finished answer: another property in every object, JSON that does not end.
import { bytesOf, type HttpReply } from '../http.ts';

/** The answer with a property more in each of its objects; any other answer as it is. Removed objects stay bare. */
export function withProperty(reply: HttpReply, name: string, value: unknown): HttpReply {
  const document = documentOf(reply);
  if (document === undefined || 'error' in document) return reply;
  const added = Array.isArray(document.value)
    ? {
        ...document,
        value: document.value.map((item: unknown) =>
          isObject(item) && !('@removed' in item) ? { ...item, [name]: value } : item,
        ),
      }
    : { ...document, [name]: value };
  return { ...reply, body: [JSON.stringify(added)] };
}

/** The same message with the second half of its JSON missing: complete for HTTP, broken for a parser. */
export function withSpoiltJson(reply: HttpReply): HttpReply {
  const text = bytesOf(reply).toString('utf8');
  if (text === '') return reply;
  return { ...reply, body: [text.slice(0, Math.max(1, text.length >>> 1))] };
}

/** What the object that the answer says was created can be addressed by. */
export function createdKeys(reply: HttpReply): readonly string[] {
  const created = reply.status === 201 ? documentOf(reply) : undefined;
  return [created?.id, created?.userPrincipalName].filter((key) => typeof key === 'string');
}

function documentOf(reply: HttpReply): Record<string, unknown> | undefined {
  if (!/^application\/json\b/.test(reply.headers['Content-Type'] ?? '')) return undefined;
  const document: unknown = JSON.parse(bytesOf(reply).toString('utf8'));
  return isObject(document) ? document : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
