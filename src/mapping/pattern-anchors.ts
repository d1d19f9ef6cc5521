// Whether a regular expression looks at a text as a whole: what its author meant is often the whole, and what it says a part.

/**
 * Whether the pattern can only match a text as a whole, or says itself that anything may stand before or after: it
 * begins with `^` or `.*`, ends with `$` or `.*`, and has no alternatives outside of parentheses.
 */
export function isWholeMatch(pattern: string): boolean {
  const plain = pattern.replace(/^\(\?[a-z]+\)/, '');
  return (
    /^(?:\^|\\A|\.\*)/.test(plain) &&
    /(?<!\\)(?:\\\\)*(?:\.\*|\$|\\[zZ])$/.test(plain) &&
    !hasOuterAlternatives(plain)
  );
}

function hasOuterAlternatives(pattern: string): boolean {
  let depth = 0;
  let isInClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '\\') index += 1;
    else if (isInClass) isInClass = character !== ']';
    else if (character === '[') isInClass = true;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}
