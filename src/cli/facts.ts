// Facts for people: a name and a value a line, set in two columns.

/** Lines such as `  Graph           https://…`; facts without a value are left out. */
export function factLines(facts: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  return facts.flatMap(([name, value]) => (value === undefined ? [] : `  ${name.padEnd(16)}${value}`));
}
