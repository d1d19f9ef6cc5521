/** No two elements with one name: elements of a kind, tasks of any kind, properties of an entity type. */
import { type Draft, nameDraft, type TopDraft } from './draft.ts';
import { isTask } from './element-index.ts';
import { addMistake, describePlace, type Findings } from './mistakes.ts';

/** Finds identifiers that are there twice, whatever the case. */
export function checkIdentifiers(drafts: readonly TopDraft[], findings: Findings): void {
  const seen = new Map<string, Draft>();
  const check = (space: string, identifier: string, draft: Draft): void => {
    if (identifier === '') return;
    const key = `${space}\n${identifier.toLowerCase()}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, draft);
      return;
    }
    addMistake(
      findings,
      draft.placeOfAttribute('Identifier'),
      `${space} ${identifier} is already at ${describePlace(first.place)} (case does not count): rename one of them or take it out`,
    );
  };
  for (const draft of drafts) {
    // Whatever its kind, a task is named by its identifier alone.
    check(isTask(draft.kind) ? 'task' : draft.kind, draft.identifier, draft);
    for (const child of draft.children) {
      const identifier = child.attributes.Identifier ?? '';
      if (isTask(child.kind)) check('task', identifier, child);
      else if (child.kind === 'Property') check(`Property of ${nameDraft(draft)}:`, identifier, child);
    }
  }
}
