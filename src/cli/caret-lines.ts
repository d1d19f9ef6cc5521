// A text with a line of carets below what is wrong in it.

/** As much of a long line as a terminal shows. */
const shownBefore = 50;
const shownBehind = 40;

/** The line of the text that holds the place, and carets below it. Signs that are no text stand as blanks. */
export function caretLines(text: string, position: number, length = 1): string[] {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const end = text.indexOf('\n', position);
  const line = text.slice(start, end === -1 ? text.length : end).replace(/\p{Cc}/gu, ' ');
  const at = Math.min(position - start, line.length);
  const from = Math.max(0, at - shownBefore);
  const to = Math.min(line.length, at + Math.max(1, length) + shownBehind);
  const [before, behind] = [from > 0 ? '…' : '', to < line.length ? '…' : ''];
  const carets = '^'.repeat(Math.max(1, Math.min(length, to - at)));
  return [
    `  ${before}${line.slice(from, to)}${behind}`,
    `  ${' '.repeat(before.length + at - from)}${carets}`,
  ];
}
