/** What a new password must be like (NIST SP 800-63B, 5.1.1.2: long, and nothing that is tried first). Pure. */

export const shortestPassword = 12;
export const longestPassword = 200;

/** Why a password cannot be taken, as words that follow "the password …"; undefined when it can. */
export function checkPassword(
  password: string,
  { signInName, name }: Readonly<{ signInName: string; name: string }>,
): string | undefined {
  const length = [...password].length;
  if (length < shortestPassword) return `has fewer than ${shortestPassword} characters`;
  if (length > longestPassword) return `has more than ${longestPassword} characters`;
  const bare = [bareOf(password), bareOf(withoutTrimmings(password))];
  const [beforeAt = ''] = signInName.split('@');
  const own = [signInName, beforeAt, name, ...name.split(/\s+/)].map(bareOf);
  if (own.some((text) => text.length >= 4 && bare.some((form) => isMostly(form, text))))
    return 'is hardly more than the name';
  if (isGuessedFirst(password.toLowerCase(), bare)) return 'is one that is tried first: choose another one';
  return undefined;
}

/** Letters as they are read, so that `P@ssw0rd` is seen as what it stands for; everything else is left out. */
function bareOf(text: string): string {
  return [...text.toLowerCase()]
    .map((character) => lookalikes[character] ?? character)
    .filter((character) => /[a-z]/.test(character))
    .join('');
}

/** What stands between the digits and signs that people put before and behind a word to satisfy rules. */
function withoutTrimmings(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}

const lookalikes: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Whether a text is there, once or repeated, with at most three letters besides. */
function isMostly(text: string, part: string): boolean {
  if (!text.includes(part)) return false;
  return text.replaceAll(part, '').length <= 3;
}

const commonWords = [
  ...['password', 'passwort', 'passphrase', 'secret', 'admin', 'administrator', 'syncline', 'welcome'],
  ...['letmein', 'changeme', 'qwerty', 'qwertz', 'azerty', 'iloveyou', 'login', 'monkey', 'dragon'],
  ...['football', 'baseball', 'sunshine', 'princess', 'trustno', 'superman', 'starwars', 'summer', 'winter'],
  ...['spring', 'autumn', 'company', 'contoso', 'microsoft', 'entra', 'default', 'temporary', 'test'],
];

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
];

function isGuessedFirst(lowerCase: string, bare: readonly string[]): boolean {
  if (new Set(lowerCase).size < 5) return true;
  if (commonWords.some((word) => bare.some((form) => isMostly(form, word)))) return true;
  return runLength(lowerCase) >= lowerCase.length - 3;
}

/** How many characters stand in pieces of three and more that a keyboard or the alphabet has in this order, or backwards. */
function runLength(text: string): number {
  const sequences = rows.flatMap((row) => [row, [...row].reverse().join('')]);
  let covered = 0;
  for (let at = 0; at < text.length; ) {
    let length = 1;
    while (
      at + length < text.length &&
      sequences.some((row) => row.includes(text.slice(at, at + length + 1)))
    ) {
      length += 1;
    }
    if (length >= 3) covered += length;
    at += length;
  }
  return covered;
}
