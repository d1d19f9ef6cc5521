/** What is wrong with a mapping, or may be a surprise, and where in its definition. */

export type MappingMistake = Readonly<{
  /** Where in the definition, with slashes and places from 0: `attributes/2/source/text`. Empty: the definition as a whole. */
  path: string;
  /** One sentence, or two with the remedy. */
  message: string;
  /** Of the text at the path: where it begins, from 0, and how long it is. */
  position?: number;
  length?: number;
  /** What was probably meant in its place. */
  suggestion?: string;
}>;

/** A mistake, without the members that say nothing. */
export function mistakeAt(
  path: string,
  message: string,
  details: Readonly<{
    position?: number | undefined;
    length?: number | undefined;
    suggestion?: string | undefined;
  }> = {},
): MappingMistake {
  const { position, length, suggestion } = details;
  return {
    path,
    message,
    ...(position === undefined ? {} : { position }),
    ...(length === undefined ? {} : { length }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** ` Did you mean mail?`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
}
