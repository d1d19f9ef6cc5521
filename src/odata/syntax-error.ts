// The one error of this folder: query text that is not OData, with where it stopped making sense.

/** Query text that cannot be read. `position` is the 0-based offset in the option's text. */
export class ODataSyntaxError extends Error {
  readonly option: string;
  readonly position: number;

  /**
   * @param option the system option without its dollar sign (`filter`), or the name of any other parameter
   * @param problem what was expected and what was found, without a final full stop
   */
  constructor(option: string, position: number, problem: string) {
    super(`Invalid ${option} at position ${position}: ${problem}.`);
    this.name = 'ODataSyntaxError';
    this.option = option;
    this.position = position;
  }
}
