// How JavaScript changes the case of letters, as lists of replacements: PostgreSQL's own lower() depends on the
// collations, the ICU and the Unicode version of the server, and a condition must mean the same on every one.

/** Changes text letter by letter, without regard to neighbours. */
export type Folding = (text: string) => string;

/** What turns text whose ASCII letters are lower-case already into folded text: first `expansions`, then `singles`. */
export type Replacements = Readonly<{
  /** One character that becomes several; none of those is replaced in turn. */
  expansions: readonly (readonly [character: string, folded: string])[];
  /** Characters that become another one each: those at the same place in `to`. */
  from: string;
  to: string;
}>;

/** Lists the characters outside ASCII which `folding` (built from foldCase, toUpperCase, toLowerCase) changes. */
export function replacementsOf(
  folding: Folding,
  isNeeded: (character: string, folded: string) => boolean,
): Replacements {
  const expansions: (readonly [string, string])[] = [];
  let [from, to] = ['', ''];
  for (const change of changesOf(folding)) {
    const [character, folded] = change;
    if (!isNeeded(character, folded)) continue;
    if (folded.length > character.length) {
      expansions.push(change);
    } else {
      from += character;
      to += folded;
    }
  }
  return { expansions, from, to };
}

type Change = readonly [character: string, folded: string];
const known = new WeakMap<Folding, readonly Change[]>();
let cased: readonly string[] | undefined;

function changesOf(folding: Folding): readonly Change[] {
  const changes =
    known.get(folding) ??
    casedCharacters()
      .map((character): Change => [character, folding(character)])
      .filter(([character, folded]) => character !== folded);
  known.set(folding, changes);
  return changes;
}

/** All characters outside ASCII of which there are an upper and a lower case. */
function casedCharacters(): readonly string[] {
  cased ??= listCasedCharacters();
  return cased;
}

function listCasedCharacters(): readonly string[] {
  const characters: string[] = [];
  for (let codePoint = 0x80; codePoint <= 0x10ffff; codePoint += 1) {
    const character = String.fromCodePoint(codePoint);
    if (/[\p{Changes_When_Casemapped}ς]/u.test(character)) characters.push(character);
  }
  return characters;
}
