/** Numbers as they are shown to people. */

/** With thousands set apart. */
export function group(value: number): string {
  return value.toLocaleString('en-US');
}

/** With a noun: `1 object`, `1,200 objects`. */
export function count(number: number, noun: string): string {
  return `${group(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A duration, such as `2.5 s` or `40 s`. */
export function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : `${group(Math.ceil(value))} s`;
}
