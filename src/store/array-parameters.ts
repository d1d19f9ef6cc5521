/**
 * Lists as parameters of queries. The client library would ask every new connection for the types of lists first, and a
 * connection that breaks at that moment ends the process, because nobody waits for the answer to that question.
 */
import type { Options, PostgresType } from 'postgres';

/** For connections that take `text[]` and `integer[]` parameters. Queries give lists as JSON. */
export const arrayParameters: Pick<Options<Record<string, PostgresType>>, 'fetch_types' | 'types'> = {
  fetch_types: false,
  types: { texts: listType(1009), integers: listType(1007) },
};

/** `type` is the number that PostgreSQL's catalog has for the type of the list. */
function listType(type: number): PostgresType {
  return {
    to: type,
    from: [],
    serialize: (values: readonly (string | number)[]) =>
      `{${values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`).join(',')}}`,
    parse: (text: unknown) => text,
  };
}
