/** The name that was probably meant: what the remedy of a misspelling stands on. */
import { editDistance } from './edit-distance.ts';

/** The likest of some names, up to about a third of it mistyped, whatever the case; undefined when none is like it. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  const wanted = name.toLowerCase();
  let best: Readonly<{ candidate: string; edits: number }> | undefined;
  let compared = 0;
  for (const candidate of candidates) {
    compared += 1;
    if (compared > mostCandidates) break;
    const most = Math.min(best === undefined ? 4 : best.edits - 1, Math.ceil(candidate.length / 3));
    if (Math.abs(candidate.length - wanted.length) > most) continue;
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits <= most) best = { candidate, edits };
  }
  return best?.candidate;
}

/** Longer ones are no misspellings of a name, and comparing them, or with very many, would take long. */
const longestName = 200;
const mostCandidates = 2000;

/** ` (did you mean Connector?)`, or nothing. */
export function hint(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}
