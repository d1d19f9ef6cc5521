/** Mappings of OpenIDM and PingIDM in a file: told from those of this product, and listed. */

export type ForeignMapping = Readonly<{ name: string; source: string; target: string; document: unknown }>;

/** The mappings of a `sync.json`, of a list, or the one that a document is; undefined where it is none of that product. */
export function foreignMappingsIn(json: unknown): readonly ForeignMapping[] | undefined {
  const list = Array.isArray(json)
    ? json
    : isObject(json) && Array.isArray(json.mappings)
      ? json.mappings
      : [json];
  const found = list.filter(
    (one): one is Json => isObject(one) && typeof one.source === 'string' && typeof one.target === 'string',
  );
  if (found.length === 0) return undefined;
  return found.map((document, index) => ({
    name: typeof document.name === 'string' ? document.name : String(index + 1),
    source: String(document.source),
    target: String(document.target),
    document,
  }));
}

type Json = Readonly<Record<string, unknown>>;

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
