// Numbers on the command line, refused in one sentence that names the option, the value and what is allowed.
import { InvalidArgumentError } from 'commander';
import { group } from '../model/number-words.ts';

/** A parser for a whole number between two bounds. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Give a whole number from ${group(from)} to ${group(to)}.`);
  };
}
