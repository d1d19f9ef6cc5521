/** Names that no entity type and no property may have (Identity Manager documentation: Reserved identifiers). */

const reservedWords: ReadonlySet<string> = new Set(
  (
    'id if for while return break else continue ref out class interface struct foreach do char byte string int long null ' +
    'public private protected static const abstract try catch sealed void true false finally throw exception override ' +
    'readonly enum delegate'
  ).split(' '),
);

/** Whether a name is reserved, in any spelling of upper and lower case. */
export function isReservedWord(name: string): boolean {
  return reservedWords.has(name.toLowerCase());
}
